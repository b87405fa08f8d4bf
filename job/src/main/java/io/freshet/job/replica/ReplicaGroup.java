package io.freshet.job.replica;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.BlockChanges;
import io.freshet.learning.replica.BlockReducer;
import io.freshet.learning.replica.BlockReducerState;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.replica.RoundsMessage.BlocksMerged;
import io.freshet.learning.replica.RoundsMessage.ChangesEnded;
import io.freshet.learning.replica.RoundsMessage.Closed;
import io.freshet.learning.replica.RoundsMessage.Ended;
import io.freshet.learning.replica.RoundsMessage.Failed;
import io.freshet.learning.replica.UnknownMemberException;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.rounds.RoundsAssembly;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one model in this subtask, and its reducer if that is here too.
 *
 * <p>Everything is a function of the samples and of the rounds topic: contributions and merged points sent again after a failure
 * are equal to the first, and are ignored.
 */
public final class ReplicaGroup implements RoundsMessage.Reader {
    private final Learner learner;
    private final Replica rule;
    private final Reducer reducer;
    private final BlockReducer blockReducer;
    private final TreeMap<Integer, ReplicaState> replicas = new TreeMap<>();
    /** Replicas that have sent the end of their samples. */
    private final Set<Integer> ended = new TreeSet<>();

    private final ReplicaRun run;
    private @Nullable GroupReducer reducing;
    /** Null if the reducer of the model merges all blocks. */
    private final @Nullable RoundBlocks roundBlocks;

    private final GroupBlocks blocks;
    private final int blockReducers;
    private @Nullable String failure;
    private boolean isDamaged;

    ReplicaGroup(Learner learner, ReplicaRun run) {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        this.learner = learner;
        this.run = run;
        rule = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        blockReducers = settings.mergesByBlock() ? settings.reducers() : 0;
        roundBlocks = settings.mergesByBlock() ? new RoundBlocks(blockReducers) : null;
        blockReducer = new BlockReducer(learner, settings);
        blocks = new GroupBlocks(blockReducer);
    }

    /** Returns the learner of the specification that the group started with here. */
    Learner learner() {
        return learner;
    }

    /** Returns the name of the model. */
    public String model() {
        return learner.spec().name();
    }

    /** Returns why the model is no longer learned, or null. */
    public @Nullable String failure() {
        return failure;
    }

    void fail(String reason) {
        failure = failure == null ? reason : failure;
    }

    /** Returns whether a failure left the states half-updated, here or in another subtask. */
    boolean isDamaged() {
        return isDamaged;
    }

    void damage(String reason) {
        isDamaged = true;
        fail(reason);
    }

    /** Returns what joins messages about the model. Each run of a sender that was killed leaves at most one incomplete. */
    RoundsAssembly assembly() {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        return new RoundsAssembly(RoundsMessage.largest(learner.spec()), 4 * (settings.count() + settings.reducers()));
    }

    /** Returns a replica before its first sample. */
    ReplicaState start(int replica) {
        return rule.start(replica, learner.start());
    }

    void add(ReplicaState state) {
        replicas.put(state.number(), state);
    }

    /** @param restored state; null before the first round */
    void reducer(@Nullable ReducerState restored) {
        ReducerState state = restored == null ? reducer.start(learner.start()) : restored;
        reducing = new GroupReducer(learner, reducer, state, restored != null, roundBlocks, run);
    }

    /** Returns the number of reducers of blocks in the whole job, 0 if the reducer of the model merges all blocks. */
    int blockReducers() {
        return blockReducers;
    }

    /** Returns the reducers of blocks that are here. */
    GroupBlocks blocks() {
        return blocks;
    }

    /** Returns a reducer of blocks before the first round. */
    BlockReducerState startBlocks(int first) {
        return blockReducer.start(first, learner.start());
    }

    public SortedMap<Integer, ReplicaState> replicas() {
        return replicas;
    }

    /** Returns the reducer of the model, if it is here. */
    public @Nullable GroupReducer reducing() {
        return reducing;
    }

    /** Returns whether a replica can learn a sample, rather than wait for a merged point. */
    public boolean isReady(int replica) {
        return rule.isReady(replica(replica));
    }

    private ReplicaState replica(int replica) {
        ReplicaState state = replicas.get(replica);
        if (state == null) {
            throw new IllegalStateException("replica: " + replica + " (expected: one of " + replicas.keySet() + ")");
        }
        return state;
    }

    /** Learns a sample; returns the contribution of the round that it ends, if any, to send. */
    public List<RoundsMessage> learn(int replica, Sample sample, StreamListener listener) {
        ReplicaState state = replica(replica);
        listener.using(rule.learner(state));
        listener.learning(state.learner());
        Contribution contribution = rule.learn(state, sample);
        listener.learned(rule.learner(), state.learner(), sample);
        return messages(contribution);
    }

    /** With reducers of blocks, the changes go to these, and the rest to the reducer of the model. */
    private List<RoundsMessage> messages(@Nullable Contribution contribution) {
        List<RoundsMessage> messages = new ArrayList<>();
        if (contribution != null) {
            messages.add(blockReducers == 0 ? contribution : contribution.withoutChanges());
            for (int first = 0; first < blockReducers; first++) {
                messages.add(contribution.changes(first, blockReducers));
            }
        }
        return messages;
    }

    /** Returns whether a replica has ended, or is ready to learn its pending batch. */
    public boolean canFinish(int replica) {
        ReplicaState state = replica(replica);
        return ended.contains(replica)
                || rule.isReady(state)
                || state.learner().pending().size() == 0;
    }

    /** Ends the samples of a replica; returns what to send. {@link #lastLearner} has the samples that it rejected. */
    public List<RoundsMessage> finish(int replica) {
        if (!ended.add(replica)) {
            return List.of();
        }
        List<RoundsMessage> messages = messages(rule.finish(replica(replica)));
        messages.add(new Ended(replica));
        for (int first = 0; first < blockReducers; first++) {
            messages.add(new ChangesEnded(first, replica));
        }
        return messages;
    }

    /** Returns the learner that was used last. */
    public Learner lastLearner() {
        return rule.learner();
    }

    /** Returns whether the reducers that are here have merged everything. */
    public boolean isMerged() {
        return (reducing == null || reducing.state().isFinished()) && blocks.isFinished();
    }

    /**
     * Receives a message. What was received before is ignored.
     *
     * @return what to send
     * @throws UnknownMemberException if the message names a replica or a reducer that does not exist
     */
    List<RoundsMessage> receive(RoundsMessage message) {
        message.readBy(this);
        return blocks.merge();
    }

    @Override
    public void contributed(Contribution contribution) {
        if (reducing != null) {
            reducing.state().receive(contribution);
        }
    }

    @Override
    public void ended(Ended replica) {
        if (reducing != null) {
            reducing.state().end(replica.sender());
        }
    }

    @Override
    public void changed(BlockChanges changes) {
        blocks.state(changes.first()).ifPresent(state -> state.receive(changes));
    }

    @Override
    public void changesEnded(ChangesEnded replica) {
        blocks.state(replica.first()).ifPresent(state -> state.end(replica.sender()));
    }

    @Override
    public void closed(Closed round) {
        decided(round.round(), round.closing());
        blocks.closed(round.round(), round.closing());
    }

    private void decided(long round, Closing closing) {
        if (reducing != null) {
            reducing.decisions().received(round, closing);
        }
    }

    @Override
    public void blocksMerged(BlocksMerged merged) {
        if (roundBlocks == null) {
            throw new UnknownMemberException("message: blocks (expected: none, since replicas.reducers is 1)");
        }
        if (merged.round() > finishedRound()) {
            roundBlocks.add(merged);
        }
    }

    @Override
    public void merged(MergedPoint received) {
        MergedPoint point = received;
        if (roundBlocks == null) {
            decided(point.round(), point.closing());
        } else if (replicas.values().stream().anyMatch(each -> received.round() > each.lastReceived())) {
            point = withBlocks(received, roundBlocks);
        }
        for (ReplicaState state : replicas.values()) {
            rule.receive(state, point);
        }
    }

    private static MergedPoint withBlocks(MergedPoint point, RoundBlocks from) {
        List<Block> blocks = from.complete(point.round());
        if (blocks == null) {
            throw new IllegalStateException("merged point " + point.round()
                    + ": blocks are missing (expected: those of each reducer before it in the rounds topic)");
        }
        return point.withBlocks(blocks);
    }

    @Override
    public void failed(Failed model) {
        if (model.run().equals(run.id())) {
            damage(model.reason());
        }
    }

    /** Returns the last round of which no record is needed here any more, and forgets its blocks. */
    long finishedRound() {
        long finished = blocks.round();
        for (ReplicaState state : replicas.values()) {
            finished = Math.min(finished, state.lastReceived());
        }
        finished = reducing == null
                ? finished
                : Math.min(finished, reducing.state().round());
        if (roundBlocks != null) {
            roundBlocks.forget(finished);
        }
        return finished;
    }

    /** Records that the merged points in the topic are received. */
    void caughtUp() {
        if (reducing != null) {
            reducing.decisions().caughtUp();
        }
    }
}
