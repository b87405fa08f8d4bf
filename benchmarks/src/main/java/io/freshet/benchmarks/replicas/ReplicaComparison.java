package io.freshet.benchmarks.replicas;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.rounds.Contribution;
import io.freshet.learning.rounds.MergedPoint;
import io.freshet.learning.state.LearnerState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Learns samples by replicas that take turns on one thread. The result is that of any other order. */
final class ReplicaComparison {
    private final Replica replica;
    private final Reducer reducer;
    private final ReducerState merged;
    private final List<ReplicaState> states = new ArrayList<>();
    private final List<Deque<Sample>> samples = new ArrayList<>();
    private long contributions;
    private long bytes;

    ReplicaComparison(Learner learner, ReplicaSettings settings, List<Sample> all) {
        replica = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        LearnerState start = learner.start();
        for (int r = 0; r < settings.count(); r++) {
            states.add(replica.start(r, start));
            samples.add(new ArrayDeque<>());
        }
        for (Sample sample : all) {
            samples.get(sample.partition() % settings.count()).add(sample);
        }
        merged = reducer.start(start);
    }

    /** Learns all samples, and returns the merged state. */
    LearnerState learn() {
        int ended = 0;
        while (ended < states.size()) {
            ended = 0;
            for (int r = 0; r < states.size(); r++) {
                ended += learn(r) ? 1 : 0;
            }
            merge();
        }
        return merged.merged();
    }

    /** Learns until the replica has to wait; returns whether it has learned everything. */
    private boolean learn(int number) {
        ReplicaState state = states.get(number);
        Deque<Sample> left = samples.get(number);
        while (!left.isEmpty() && replica.isReady(state)) {
            send(replica.learn(state, left.remove()));
        }
        if (!left.isEmpty() || !replica.isReady(state)) {
            return false;
        }
        send(replica.finish(state));
        merged.end(number);
        return true;
    }

    private void send(@Nullable Contribution contribution) {
        if (contribution != null) {
            merged.receive(contribution);
            contributions++;
            bytes += contribution.bytes();
        }
    }

    private void merge() {
        while (merged.isComplete()) {
            MergedPoint point = reducer.close(merged, merged.nextClosing(null));
            states.forEach(state -> replica.receive(state, point));
        }
    }

    /** Returns the mean size of the changes of a contribution in bytes. */
    double meanBytes() {
        return bytes / (double) contributions;
    }
}
