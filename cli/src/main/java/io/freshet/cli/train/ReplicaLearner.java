package io.freshet.cli.train;

import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Learns the replicas of a model in turn, and closes each round once every replica that is due has contributed. Each replica learns
 * the samples of one partition, as in the job.
 */
final class ReplicaLearner implements LocalLearner {
    private final Replica replica;
    private final Reducer reducer;
    private final ModelReports reports;
    private final List<ReplicaState> replicas = new ArrayList<>();
    /** Samples of each replica that wait for a merged point. */
    private final List<Deque<Sample>> waiting = new ArrayList<>();

    private final ReducerState merged;

    ReplicaLearner(Learner learner, ReplicaSettings settings, ModelReports reports) {
        this.reports = reports;
        replica = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        for (int r = 0; r < settings.count(); r++) {
            replicas.add(replica.start(r, learner.start()));
            waiting.add(new ArrayDeque<>());
        }
        merged = reducer.start(learner.start());
    }

    @Override
    public void receive(KeyedSample sample) {
        reports.using(reducer.learner(merged));
        int number = sample.sample().partition() % replicas.size();
        waiting.get(number).add(sample.sample());
        if (learn(number) && closeRounds()) {
            learnWaiting();
        }
    }

    private void learnWaiting() {
        do {
            for (int number = 0; number < replicas.size(); number++) {
                learn(number);
            }
        } while (closeRounds());
    }

    /** Learns the samples of a replica up to the merged point that it waits for; returns whether it has contributed. */
    private boolean learn(int number) {
        ReplicaState state = replicas.get(number);
        Deque<Sample> samples = waiting.get(number);
        boolean contributed = false;
        while (!samples.isEmpty() && replica.isReady(state)) {
            Contribution contribution = replica.learn(state, samples.remove());
            reports.rejected(replica.learner());
            contributed |= contribute(contribution);
        }
        return contributed;
    }

    private boolean contribute(@Nullable Contribution contribution) {
        if (contribution != null) {
            merged.receive(contribution);
        }
        return contribution != null;
    }

    /** Closes the rounds that are complete; returns whether there was any. */
    private boolean closeRounds() {
        boolean any = false;
        while (merged.isComplete()) {
            Learner learner = reducer.learner(merged);
            Reducer.ClosedRound closed = reducer.merge(merged, merged.nextClosing(null));
            if (closed.losses() != null) {
                reports.windowEnded(learner, merged.merged(), closed.losses());
            }
            MergedPoint point = reducer.point(merged, closed);
            replicas.forEach(state -> replica.receive(state, point));
            any = true;
        }
        return any;
    }

    @Override
    public void finish() {
        List<Integer> open = new ArrayList<>();
        for (int number = 0; number < replicas.size(); number++) {
            open.add(number);
        }
        while (!merged.isFinished()) {
            open.removeIf(this::end);
            closeRounds();
            learnWaiting();
        }
        Learner learner = reducer.learner(merged);
        learner.finish(merged.merged(), () -> {});
        reports.finished(learner, merged.merged());
    }

    /** Ends a replica that has learned all of its samples, unless it waits for a merged point; returns whether it has ended. */
    private boolean end(int number) {
        ReplicaState state = replicas.get(number);
        boolean canEnd = waiting.get(number).isEmpty()
                && (replica.isReady(state) || state.learner().pending().size() == 0);
        if (canEnd) {
            Contribution last = replica.finish(state);
            if (last != null) {
                reports.rejected(replica.learner());
            }
            contribute(last);
            merged.end(number);
        }
        return canEnd;
    }
}
