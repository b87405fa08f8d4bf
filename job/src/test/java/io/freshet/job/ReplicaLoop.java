package io.freshet.job;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The replicas of a model in one loop, without Flink and Kafka. Every round waits for all of them. */
public final class ReplicaLoop {
    private final Replica replica;
    private final Reducer reducer;
    private final ReducerState reducing;
    private final List<ReplicaState> replicas = new ArrayList<>();
    private final List<Queue<Sample>> waiting = new ArrayList<>();
    /** By the round whose point announces it. */
    private final Map<Long, String> announcements = new HashMap<>();

    public ReplicaLoop(Learner learner) {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        replica = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        reducing = reducer.start(learner.start());
        for (int number = 0; number < settings.count(); number++) {
            replicas.add(replica.start(number, learner.start()));
            waiting.add(new ArrayDeque<>());
        }
    }

    /** Announces specifications, as YAML, with the points of the rounds that are their keys. */
    public ReplicaLoop announcing(Map<Long, String> specifications) {
        announcements.putAll(specifications);
        return this;
    }

    /** Adds the next sample of a replica, and learns and merges what no longer has to wait. */
    public void learn(int number, Sample sample) {
        waiting.get(number).add(sample);
        advance();
    }

    /** Ends all samples, and returns the merged state. */
    public LearnerState finish() {
        for (boolean[] ended = new boolean[replicas.size()]; !reducing.isFinished(); advance()) {
            for (ReplicaState state : replicas) {
                int number = state.number();
                if (!ended[number] && waiting.get(number).isEmpty() && replica.isReady(state)) {
                    receive(replica.finish(state));
                    reducing.end(number);
                    ended[number] = true;
                }
            }
        }
        return merged();
    }

    public LearnerState merged() {
        return reducing.merged();
    }

    private void advance() {
        boolean isClosed;
        do {
            replicas.forEach(this::learnWaiting);
            isClosed = reducing.isComplete();
            if (isClosed) {
                String announced = announcements.get(reducing.round() + 1);
                MergedPoint point = reducer.close(reducing, reducing.nextClosing(announced));
                replicas.forEach(each -> replica.receive(each, point));
            }
        } while (isClosed);
    }

    private void learnWaiting(ReplicaState state) {
        Queue<Sample> samples = waiting.get(state.number());
        while (!samples.isEmpty() && replica.isReady(state)) {
            receive(replica.learn(state, samples.remove()));
        }
    }

    private void receive(@Nullable Contribution contribution) {
        if (contribution != null) {
            reducing.receive(contribution);
        }
    }
}
