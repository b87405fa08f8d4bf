package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.job.state.Pages;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.replica.RoundsMessage.Ended;
import io.freshet.learning.replica.RoundsMessage.Failed;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.snapshot.RoundsAssembly;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one model in this subtask, its reducer if that is here too, and where they are in the rounds topic.
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
    private final String origin;
    private final ReplicaRun run;
    /**
     * What is followed here, by key of the rounds topic: all follow the merged points, and hear of failures; the reducer also follows
     * contributions.
     */
    private final Map<String, RoundsAssembly> streams = new LinkedHashMap<>();
    /** The keys of which not everything is received that was stored when they were first followed. */
    private final Set<String> behind = new HashSet<>();
    /** Where the merged points started. */
    private long firstMerged;

    private @Nullable GroupReducer reducing;
    private @Nullable String failure;
    private boolean isDamaged;

    /**
     * @param modelKeys of all replicas
     * @param origin identifies the replicas since they started from scratch
     */
    ReplicaGroup(Learner learner, List<String> modelKeys, String origin, ReplicaRun run) {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        this.learner = learner;
        this.modelKeys = modelKeys;
        this.origin = origin;
        this.run = run;
        rule = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
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

    String origin() {
        return origin;
    }

    /**
     * Follows the messages to some readers. Each run of a sender that was killed leaves at most one incomplete.
     *
     * @param start offset, or minus a time, as for {@link RoundsLog.Connection#follow}
     */
    void follow(String to, long start) {
        int senders = Objects.requireNonNull(learner.spec().replicas()).count() + 1;
        String key = RoundsRecord.key(model(), to);
        streams.put(key, new RoundsAssembly(RoundsMessage.largest(learner.spec()), 4 * senders, start));
        behind.add(key);
        firstMerged = to.equals(RoundsMessage.TO_ALL) ? start : firstMerged;
    }

    Map<String, RoundsAssembly> streams() {
        return streams;
    }

    /**
     * Records that everything under a key is received that was stored when it was first followed; returns whether that is so for all
     * keys.
     */
    boolean caughtUp(String key) {
        if (!behind.remove(key) || !behind.isEmpty()) {
            return false;
        }
        if (reducing != null) {
            reducing.decisions().caughtUp();
        }
        return true;
    }

    /** @param restored state; null before the first sample */
    void replica(int number, @Nullable ReplicaState restored) {
        replicas.put(number, restored == null ? rule.start(number, learner.start()) : restored);
    }

    /** @param restored state; null before the first round */
    void reducer(@Nullable ReducerState restored) {
        ReducerState state = restored == null ? reducer.start(learner.start()) : restored;
        reducing = new GroupReducer(learner, reducer, state, restored != null, run);
    }

    /** Returns the model key of a replica, also if it is not here. */
    public String modelKey(int replica) {
        return modelKeys.get(replica);
    }

    /** Returns what writes the states that are here, by model key. */
    Map<String, Pages.Writer> states() {
        Map<String, Pages.Writer> states = new TreeMap<>();
        replicas.forEach((number, state) -> states.put(modelKey(number), state::write));
        if (reducing != null) {
            states.put(ModelKey.ofWhole(model()), reducing.state()::write);
        }
        return states;
    }

    /** Returns what to store beside a state. */
    StoredReplicas.Header header(String modelKey) {
        boolean isWhole = modelKey.equals(ModelKey.ofWhole(model()));
        boolean isBehind = isWhole && reducing != null && reducing.decisions().isCatchingUp();
        return new StoredReplicas.Header(
                origin,
                isBehind ? firstMerged : position(RoundsMessage.TO_ALL),
                isWhole ? position(RoundsMessage.TO_REDUCER) : 0,
                isDamaged);
    }

    private long position(String to) {
        return Objects.requireNonNull(streams.get(RoundsRecord.key(model(), to)))
                .position();
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
        return contribution == null ? List.of() : List.of(contribution);
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
        Ended end = new Ended(replica);
        return last == null ? List.of(end) : List.of(last, end);
    }

    /** Returns the learner that was used last. */
    public Learner lastLearner() {
        return rule.learner();
    }

    /** Returns whether the reducer has merged everything, if it is here. */
    public boolean isMerged() {
        return reducing == null || reducing.state().isFinished();
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
    public void merged(MergedPoint point) {
        if (reducing != null) {
            reducing.decisions().received(point.closing());
        }
        for (ReplicaState state : replicas.values()) {
            rule.receive(state, point);
        }
    }

    @Override
    public void failed(Failed model) {
        if (model.run().equals(run.id())) {
            damage(model.reason());
        }
    }
}
