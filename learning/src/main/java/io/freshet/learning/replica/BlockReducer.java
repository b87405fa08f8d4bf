package io.freshet.learning.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Merges some blocks of the parameters: every count-th one. Which contributions a round has is decided by the {@link Reducer} of
 * the model; each block is merged alone, so all reducers together merge the same bits as one.
 */
public final class BlockReducer {
    private final BySpecification<BlockMerge> merges;
    private final ReplicaSettings settings;

    /**
     * @param learner as for {@link Reducer}
     * @throws IllegalArgumentException if the model cannot be learned by such replicas
     */
    public BlockReducer(Learner learner, ReplicaSettings settings) {
        merges = new BySpecification<>(learner, settings, BlockMerge::new);
        this.settings = settings;
    }

    /**
     * Returns the state before the first round.
     *
     * @param first block
     * @param initial as for {@link Replica#start}
     */
    public BlockReducerState start(int first, LearnerState initial) {
        LearnerState merged = merges.warm(initial);
        BlockReducerState state =
                new BlockReducerState(first, new RoundSpecs(settings.staleness(), merges.first()), settings.count());
        int parts = merges.of(merges.first()).parts();
        for (int block = first; block < merged.layout().blocks(); block += settings.reducers()) {
            state.values.put(block, merged.weights().parts(block, parts));
        }
        return state;
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
        List<BlockChanges> changes = state.inbox.take(closing.members());
        if (changes == null) {
            return null;
        }
        state.round = round;
        state.specs.open(round);
        if (closing.specification() != null) {
            state.specs.announced(round, closing.specification());
        }
        List<Block> merged = merges.of(state.specs.current())
                .merge(
                        changes,
                        block -> Objects.requireNonNull(state.values.get(block)).clone(),
                        state.slots);
        for (Block block : merged) {
            state.values.put(block.block(), block.values());
        }
        return merged;
    }
}
