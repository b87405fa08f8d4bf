package io.freshet.faults.oracle;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a model in one loop, each with one partition. If rounds may close without a replica ({@code idle}), which did
 * follows from the rounds topic; otherwise, every round waits for all of them.
 */
final class ReplicaOracle {
    private final boolean waits;
    private final LongFunction<@Nullable Closing> closings;
    private final Replica replica;
    private final Reducer reducer;
    private final ReducerState reducing;
    private final List<ReplicaState> replicas = new ArrayList<>();
    private final List<Queue<Sample>> waiting = new ArrayList<>();

    /** @param closings how a round was closed, by the rounds topic; null if that is not known */
    ReplicaOracle(Learner learner, LongFunction<@Nullable Closing> closings) {
        this.closings = closings;
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        waits = settings.idleMillis() == 0;
        replica = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        reducing = reducer.start(learner.start());
        for (int number = 0; number < settings.count(); number++) {
            replicas.add(replica.start(number, learner.start()));
            waiting.add(new ArrayDeque<>());
        }
    }

    /** Adds the next sample of its partition. */
    void add(Sample sample) {
        waiting.get(sample.partition()).add(sample);
    }

    /**
     * Learns the samples added.
     *
     * @param merged receives the state after each round that closes
     */
    void learn(Consumer<LearnerState> merged) {
        replicas.forEach(this::learnWaiting);
        for (Closing closing = closing(); closing != null; closing = closing()) {
            MergedPoint point = reducer.close(reducing, closing);
            replicas.forEach(each -> replica.receive(each, point));
            merged.accept(reducing.merged());
            replicas.forEach(this::learnWaiting);
        }
    }

    /** Returns how the next round closes, or null if its contributions are not learned. */
    private @Nullable Closing closing() {
        if (waits) {
            return reducing.isComplete() ? reducing.nextClosing(null) : null;
        }
        Closing closing = closings.apply(reducing.round() + 1);
        return closing != null && reducing.available().containsAll(closing.members()) ? closing : null;
    }

    /** Returns whether every contribution is merged, unless it has to wait for those of other replicas. */
    boolean isMerged() {
        return waits || !reducing.hasUnmerged();
    }

    private void learnWaiting(ReplicaState state) {
        Queue<Sample> samples = waiting.get(state.number());
        while (!samples.isEmpty() && replica.isReady(state)) {
            Contribution contribution = replica.learn(state, samples.remove());
            if (contribution != null) {
                reducing.receive(contribution);
            }
        }
    }
}
