package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.job.state.Pages;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.BlockReducerState;
import io.freshet.learning.replica.Inbox;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.replica.UnknownMemberException;
import io.freshet.learning.rounds.BlockChanges;
import io.freshet.learning.rounds.Closing;
import io.freshet.learning.rounds.Contribution;
import io.freshet.learning.rounds.MergedPoint;
import io.freshet.learning.rounds.RoundsMessage;
import io.freshet.learning.rounds.RoundsMessage.BlocksMerged;
import io.freshet.learning.rounds.RoundsMessage.Ended;
import io.freshet.learning.rounds.RoundsMessage.Failed;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.rounds.RoundsAssembly;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final TreeMap<Integer, ReplicaState> replicas = new TreeMap<>();
    /** Replicas that have sent the end of their samples. */
    private final Set<Integer> ended = new TreeSet<>();

    private final List<String> modelKeys;
    private final ReplicaRun run;
    private @Nullable GroupReducer reducing;
    /** In the whole job; 0 if the reducer of the model merges all blocks. */
    private final int blockReducers;
    /** The reducers of blocks that are here, by their first block. */
    private final TreeMap<Integer, BlockReducerState> blocks = new TreeMap<>();

    private final RoundBlocks roundBlocks;
    private @Nullable String failure;
    private boolean isDamaged;

    /** @param modelKeys of all replicas */
    ReplicaGroup(Learner learner, List<String> modelKeys, ReplicaRun run) {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        this.learner = learner;
        this.modelKeys = modelKeys;
        this.run = run;
        rule = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        blockReducers = settings.mergesByBlock() ? settings.reducers() : 0;
        roundBlocks = new RoundBlocks(blockReducers);
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

    /** @param restored state; null before the first sample */
    void replica(int number, @Nullable ReplicaState restored) {
        replicas.put(number, restored == null ? rule.start(number, learner.start()) : restored);
    }

    /** @param restored state; null before the first round */
    void reducer(@Nullable ReducerState restored) {
        ReducerState state = restored == null ? reducer.start(learner.start()) : restored;
        RoundBlocks others = blockReducers == 0 ? null : roundBlocks;
        reducing = new GroupReducer(learner, reducer, state, restored != null, others, run);
    }

    /** @param restored state; null before the first round */
    void blocks(int first, @Nullable BlockReducerState restored) {
        blocks.put(first, restored == null ? reducer.start(first, learner.start()) : restored);
    }

    /** Returns the model key of a replica, also if it is not here. */
    public String modelKey(int replica) {
        return modelKeys.get(replica);
    }

    /** Returns what writes the states that are here, by model key. */
    Map<String, Pages.Writer> states() {
        Map<String, Pages.Writer> states = new TreeMap<>();
        replicas.forEach((number, state) -> states.put(modelKey(number), state::write));
        blocks.forEach((first, state) -> states.put(ModelKey.ofBlocks(model(), first), state::write));
        if (reducing != null) {
            states.put(ModelKey.ofWhole(model()), reducing.state()::write);
        }
        return states;
    }

    /** Returns whether the state is that of the reducer of the model, and lacks decisions of the topic. */
    boolean isCatchingUp(String modelKey) {
        return reducing != null && reducing.decisions().isCatchingUp() && modelKey.equals(ModelKey.ofWhole(model()));
    }

    /** Returns the number of reducers of blocks in the whole job, 0 if the reducer of the model merges all blocks. */
    int blockReducers() {
        return blockReducers;
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
        return contribution == null ? List.of() : contribution.messages(blockReducers);
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
        Contribution last = rule.finish(replica(replica));
        List<RoundsMessage> messages = last == null ? new ArrayList<>() : last.messages(blockReducers);
        messages.add(new Ended(Ended.OF_MODEL, replica));
        for (int first = 0; first < blockReducers; first++) {
            messages.add(new Ended(first, replica));
        }
        return messages;
    }

    /** Returns the learner that was used last. */
    public Learner lastLearner() {
        return rule.learner();
    }

    /** Returns whether the reducers that are here have merged everything. */
    public boolean isMerged() {
        return (reducing == null || reducing.state().isFinished())
                && blocks.values().stream().allMatch(Inbox::isFinished);
    }

    /**
     * Receives a message. What was received before is ignored.
     *
     * @return what to send
     * @throws UnknownMemberException if the message names a replica or a reducer that does not exist
     */
    List<RoundsMessage> receive(RoundsMessage message) {
        message.readBy(this);
        List<RoundsMessage> merged = new ArrayList<>();
        blocks.values().forEach(each -> merged.addAll(reducer.merge(each)));
        return merged;
    }

    @Override
    public void contributed(Contribution contribution) {
        if (reducing != null) {
            reducing.state().receive(contribution);
        }
    }

    @Override
    public void changed(BlockChanges changes) {
        BlockReducerState here = blocks.get(changes.first());
        if (here != null) {
            here.receive(changes);
        }
    }

    @Override
    public void ended(Ended replica) {
        Inbox<?> here = blocks.get(replica.reducer());
        if (replica.reducer() == Ended.OF_MODEL && reducing != null) {
            here = reducing.state();
        }
        if (here != null) {
            here.end(replica.sender());
        }
    }

    @Override
    public void closed(Closing round) {
        if (reducing != null) {
            reducing.decisions().received(round);
        }
        blocks.values().forEach(each -> each.closed(round));
    }

    @Override
    public void blocksMerged(BlocksMerged merged) {
        if (merged.round() > finishedRound()) {
            roundBlocks.add(merged);
        }
    }

    @Override
    public void merged(MergedPoint received) {
        MergedPoint point = received;
        if (blockReducers == 0) {
            closed(point.closing());
        } else if (replicas.values().stream().anyMatch(each -> received.round() > each.lastReceived())) {
            point = withBlocks(received);
        }
        for (ReplicaState state : replicas.values()) {
            rule.receive(state, point);
        }
    }

    private MergedPoint withBlocks(MergedPoint point) {
        SortedMap<Integer, float[]> blocks = roundBlocks.complete(point.round());
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
        long finished = reducing == null ? Long.MAX_VALUE : reducing.state().round();
        for (BlockReducerState state : blocks.values()) {
            finished = Math.min(finished, state.round());
        }
        for (ReplicaState state : replicas.values()) {
            finished = Math.min(finished, state.lastReceived());
        }
        roundBlocks.forget(finished);
        return finished;
    }

    /** Records that the merged points in the topic are received. */
    void caughtUp() {
        if (reducing != null) {
            reducing.decisions().caughtUp();
        }
    }
}
