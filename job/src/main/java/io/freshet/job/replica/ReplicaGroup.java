package io.freshet.job.replica;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.BlockReducer;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.ContributionCodec;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.MergedPointCodec;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.rounds.RoundsRecord;
import java.io.DataInputStream;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one model in this subtask, and its reducer if that is here too.
 *
 * <p>Everything is a function of the samples and of the rounds topic: contributions and merged points sent again after a failure
 * are equal to the first, and are ignored.
 */
public final class ReplicaGroup {
    private final Learner learner;
    private final Replica rule;
    private final Reducer reducer;
    private final BlockReducer blockReducer;
    private final Outbox outbox;
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

    ReplicaGroup(Learner learner, ReplicaRun run, Outbox outbox) {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        this.learner = learner;
        this.run = run;
        this.outbox = outbox;
        rule = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        blockReducers = settings.mergesByBlock() ? settings.reducers() : 0;
        roundBlocks = settings.mergesByBlock() ? new RoundBlocks(blockReducers) : null;
        blockReducer = new BlockReducer(learner, settings);
        blocks = new GroupBlocks(blockReducer, outbox);
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

    /** Adds a replica before its first sample. */
    void start(int replica) {
        replicas.put(replica, rule.start(replica, learner.start()));
    }

    void restore(ReplicaState state) {
        replicas.put(state.number(), state);
    }

    /** Adds the reducer before the first round. */
    void startReducer() {
        reducing = reducer(reducer.start(learner.start()), false);
    }

    void restoreReducer(ReducerState state) {
        reducing = reducer(state, true);
    }

    private GroupReducer reducer(ReducerState state, boolean isRestored) {
        return new GroupReducer(learner, reducer, state, run.bounded(), isRestored, outbox, roundBlocks, run.clock());
    }

    /** Returns the number of reducers of blocks in the whole job, 0 if the reducer of the model merges all blocks. */
    int blockReducers() {
        return blockReducers;
    }

    /** Returns the reducers of blocks that are here. */
    GroupBlocks blocks() {
        return blocks;
    }

    /** Adds a reducer of blocks before the first round. */
    void startBlocks(int first) {
        blocks.add(blockReducer.start(first, learner.start()));
    }

    public SortedMap<Integer, ReplicaState> replicas() {
        return replicas;
    }

    @Nullable GroupReducer reducing() {
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

    /** Learns a sample, and sends the contribution of the round that it ends. */
    public void learn(int replica, Sample sample, StreamListener listener) {
        ReplicaState state = replica(replica);
        listener.using(rule.learner(state));
        listener.learning(state.learner());
        Contribution contribution = rule.learn(state, sample);
        listener.learned(rule.learner(), state.learner(), sample);
        if (contribution != null) {
            outbox.send(contribution, blockReducers);
        }
    }

    /**
     * Ends the samples of a replica, once it is ready to learn its pending batch.
     *
     * @param finished receives the learner, with the samples that it rejected
     * @return whether the replica has ended
     */
    public boolean finish(int replica, Consumer<Learner> finished) {
        ReplicaState state = replica(replica);
        if (ended.contains(replica)) {
            return true;
        }
        if (!rule.isReady(state) && state.learner().pending().size() > 0) {
            return false;
        }
        Contribution last = rule.finish(state);
        finished.accept(rule.learner());
        if (last != null) {
            outbox.send(last, blockReducers);
        }
        outbox.sendEnd(replica, blockReducers);
        ended.add(replica);
        return true;
    }

    /** Returns whether the reducers that are here have merged everything. */
    public boolean isMerged() {
        return (reducing == null || reducing.isFinished()) && blocks.isFinished();
    }

    /** Returns whether a message, or a part of it, is of use here, and was not received before. */
    boolean isNew(RoundsRecord record) {
        GroupReducer here = reducing;
        return switch (record.kind()) {
            case CONTRIBUTION ->
                here != null && record.round() > here.state().lastContributed(replicaOf(record, here.state()));
            case END -> here != null && replicaOf(record, here.state()) >= 0;
            case MERGED ->
                here != null && here.decisions().isNew(record.round())
                        || replicas.values().stream().anyMatch(each -> record.round() > each.lastReceived());
            case FAILURE -> true;
            case CHANGES_END -> blocks.lacks(record.replica(), Long.MAX_VALUE);
            case CHANGES -> blocks.lacks(record.replica(), record.round());
            case CLOSED -> here != null && here.decisions().isNew(record.round()) || record.round() > blocks.round();
            case BLOCKS -> record.round() > finishedRound() && roundBlocks().lacks(record.round(), record.replica());
        };
    }

    private static int replicaOf(RoundsRecord record, ReducerState state) {
        if (record.replica() < 0 || record.replica() >= state.replicas()) {
            throw new IllegalArgumentException(
                    "rounds record: replica " + record.replica() + " (expected: 0 to " + (state.replicas() - 1) + ")");
        }
        return record.replica();
    }

    /** Receives a message that {@link #isNew}. */
    public void receive(RoundsRecord record, byte[] message, MergedModels models) throws Exception {
        switch (record.kind()) {
            case CONTRIBUTION -> reducer().receive(ContributionCodec.read(Messages.in(message)));
            case END -> reducer().end(record.replica());
            case MERGED -> receive(MergedPointCodec.read(Messages.in(message)));
            case CHANGES -> {
                DataInputStream in = Messages.in(message);
                blocks.receive(in.readInt(), ContributionCodec.read(in));
            }
            case CHANGES_END -> blocks.end(Messages.in(message).readInt(), record.replica());
            case CLOSED -> closed(record.round(), MergedPointCodec.readClosing(Messages.in(message)));
            case BLOCKS ->
                roundBlocks().add(record.round(), record.replica(), MergedPointCodec.readBlocks(Messages.in(message)));
            case FAILURE -> throw new IllegalArgumentException("failure: not for a group");
        }
        merge(models);
    }

    private void receive(MergedPoint received) {
        MergedPoint point = received;
        if (roundBlocks == null) {
            decided(point.round(), point.closing());
        } else if (!replicas.isEmpty()) {
            point = withBlocks(received, roundBlocks);
        }
        for (ReplicaState state : replicas.values()) {
            rule.receive(state, point);
        }
    }

    private static MergedPoint withBlocks(MergedPoint point, RoundBlocks from) {
        List<MergedPoint.Block> blocks = from.complete(point.round());
        if (blocks == null) {
            throw new IllegalArgumentException("merged point " + point.round()
                    + ": blocks are missing (expected: those of each reducer before it in the rounds topic)");
        }
        return point.withBlocks(blocks);
    }

    private void closed(long round, Closing closing) {
        decided(round, closing);
        blocks.closed(round, closing);
    }

    private void decided(long round, Closing closing) {
        if (reducing != null && reducing.decisions().isNew(round)) {
            reducing.decisions().received(round, closing);
        }
    }

    private RoundBlocks roundBlocks() {
        if (roundBlocks == null) {
            throw new IllegalArgumentException("rounds record: blocks (expected: none, since replicas.reducers is 1)");
        }
        return roundBlocks;
    }

    /** Returns the last round of which no record is needed here any more. */
    long finishedRound() {
        long finished = blocks.round();
        for (ReplicaState state : replicas.values()) {
            finished = Math.min(finished, state.lastReceived());
        }
        return reducing == null ? finished : Math.min(finished, reducing.state().round());
    }

    private GroupReducer reducer() {
        return Objects.requireNonNull(reducing, "reducer");
    }

    /** Closes the rounds that are due, if the reducer is here. */
    public void merge(MergedModels models) throws Exception {
        if (reducing != null) {
            reducing.merge(models);
        }
        if (roundBlocks != null) {
            roundBlocks.forget(finishedRound());
        }
    }

    /** Records that the merged points in the topic are received. */
    void caughtUp() {
        if (reducing != null) {
            reducing.decisions().caughtUp();
        }
    }
}
