package io.freshet.learning.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Merges some blocks of the parameters: every count-th one. Which contributions a round has is decided by the {@link Reducer} of
 * the model; each block is merged alone, so all reducers together merge the same bits as one.
 */
public final class BlockReducer {
    private final BySpecification<BlockMerge> merges;
    /** Has the specification that the model had first, and the warm start. */
    private final Learner starting;

    private final int count;

    /**
     * @param learner as for {@link Reducer}
     * @throws IllegalArgumentException if the model cannot be learned by such replicas
     */
    public BlockReducer(Learner learner, ReplicaSettings settings) {
        merges = new BySpecification<>(learner, settings, BlockMerge::new);
        starting = learner;
        count = settings.reducers();
    }

    /**
     * Returns the state before the first round.
     *
     * @param first block
     * @param initial as for {@link Replica#start}
     */
    public BlockReducerState start(int first, LearnerState initial) {
        LearnerState merged = initial;
        if (starting.needsRebase(initial)) {
            merged = initial.copy();
            starting.rebase(merged, "");
        }
        ReplicaSettings settings = Objects.requireNonNull(starting.spec().replicas());
        BlockReducerState state =
                new BlockReducerState(first, new RoundSpecs(settings.staleness(), merges.first()), settings.count());
        int parts = merges.of(merges.first()).parts();
        for (int block = first; block < merged.layout().blocks(); block += count) {
            state.values.put(block, merged.weights().parts(block, parts));
        }
        return state;
    }

    /** Receives a contribution with the changes of these blocks. One received again is ignored. */
    public void receive(BlockReducerState state, Contribution contribution) {
        Member member = contribution.member();
        if (member.round() > state.lastContributed[member.replica()]) {
            state.lastContributed[member.replica()] = member.round();
            state.pending.get(member.replica()).add(contribution);
        }
    }

    /** Records that a replica has no more samples. */
    public void end(BlockReducerState state, int replica) {
        state.ended.set(replica);
    }

    /**
     * Merges a round that was closed, if it is the next one, and its contributions are received.
     *
     * @return the blocks that changed, in order; null if it cannot be merged yet
     */
    public @Nullable List<Block> merge(BlockReducerState state, long round, Closing closing) {
        if (round != state.round + 1) {
            return null;
        }
        List<Contribution> contributions = new ArrayList<>();
        for (Member member : closing.members()) {
            Contribution found = find(state.pending.get(member.replica()), member);
            if (found == null) {
                return null;
            }
            contributions.add(found);
        }
        for (Contribution contribution : contributions) {
            state.pending.get(contribution.member().replica()).remove(contribution);
        }
        state.round = round;
        state.specs.open(round);
        if (closing.specification() != null) {
            state.specs.announced(round, closing.specification());
        }
        List<Block> merged = merges.of(state.specs.current())
                .merge(
                        contributions,
                        block -> Objects.requireNonNull(state.values.get(block)).clone(),
                        state.slots);
        for (Block block : merged) {
            state.values.put(block.block(), block.values());
        }
        return merged;
    }

    private static @Nullable Contribution find(Deque<Contribution> pending, Member member) {
        for (Contribution each : pending) {
            if (each.member().equals(member)) {
                return each;
            }
        }
        return null;
    }
}
