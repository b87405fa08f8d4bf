package io.freshet.faults.oracle;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;

/** The replicas of a model in one loop, each with one partition. Every round waits for all of them. */
final class ReplicaOracle {
    private final Replica replica;
    private final Reducer reducer;
    private final ReducerState reducing;
    private final List<ReplicaState> replicas = new ArrayList<>();
    private final List<Queue<Sample>> waiting = new ArrayList<>();

    ReplicaOracle(Learner learner) {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        replica = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        reducing = reducer.start(learner.start());
        for (int number = 0; number < settings.count(); number++) {
            replicas.add(replica.start(number, learner.start()));
            waiting.add(new ArrayDeque<>());
        }
    }

    /**
     * Adds the next sample of its partition.
     *
     * @param merged receives the state after each round that closes
     */
    void learn(Sample sample, Consumer<LearnerState> merged) {
        waiting.get(sample.partition()).add(sample);
        boolean isClosed;
        do {
            replicas.forEach(this::learnWaiting);
            isClosed = reducing.isComplete();
            if (isClosed) {
                MergedPoint point = reducer.close(reducing, reducing.nextClosing(null));
                replicas.forEach(each -> replica.receive(each, point));
                merged.accept(reducing.merged());
            }
        } while (isClosed);
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
