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
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.state.LearnerState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Learns samples by replicas in threads of their own. The thread whose contribution completes a round merges it. */
final class ReplicaThreads {
    private final ModelSpec spec;
    private final ReplicaSettings settings;
    private final List<List<Sample>> samples = new ArrayList<>();
    private final Reducer reducer;
    private final ReducerState merged;
    private final LearnerState start;
    /** All merged points so far. Guarded by this, like the reducer. */
    private final List<MergedPoint> points = new ArrayList<>();

    private long mergedBytes;
    private long mergeNanos;

    ReplicaThreads(ModelSpec spec, ReplicaSettings settings, List<Sample> all) {
        this.spec = spec;
        this.settings = settings;
        for (int r = 0; r < settings.count(); r++) {
            samples.add(new ArrayList<>());
        }
        all.forEach(sample -> samples.get(sample.partition() % settings.count()).add(sample));
        Learner learner = new Learner(spec);
        start = learner.start();
        reducer = new Reducer(learner, settings);
        merged = reducer.start(learner.start());
    }

    /** Learns all samples, and returns the merged state. */
    LearnerState learn() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(settings.count());
        try {
            List<Future<?>> replicas = new ArrayList<>();
            for (int r = 0; r < settings.count(); r++) {
                int number = r;
                replicas.add(threads.submit(() -> {
                    learn(number);
                    return null;
                }));
            }
            for (Future<?> replica : replicas) {
                replica.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return merged.merged();
    }

    private void learn(int number) throws InterruptedException {
        Replica replica = new Replica(new Learner(spec), settings);
        ReplicaState state = replica.start(number, start);
        for (Sample sample : samples.get(number)) {
            receive(replica, state);
            send(replica.learn(state, sample));
        }
        receive(replica, state);
        send(replica.finish(state));
        synchronized (this) {
            merged.end(number);
            merge();
        }
    }

    /** Receives merged points until the replica can learn a sample. */
    private void receive(Replica replica, ReplicaState state) throws InterruptedException {
        while (!replica.isReady(state)) {
            MergedPoint next;
            synchronized (this) {
                while (points.size() <= state.lastReceived()) {
                    wait();
                }
                next = points.get((int) state.lastReceived());
            }
            replica.receive(state, next);
        }
    }

    private synchronized void send(@Nullable Contribution contribution) {
        if (contribution != null) {
            merged.receive(contribution);
            mergedBytes += contribution.bytes();
            merge();
        }
    }

    private void merge() {
        while (merged.isComplete()) {
            long start = System.nanoTime();
            points.add(reducer.close(merged, merged.nextClosing(null)));
            mergeNanos += System.nanoTime() - start;
            notifyAll();
        }
    }

    /** Returns how many bytes of contributions were merged in a second of merging. */
    double mergedBytesPerSecond() {
        return mergedBytes * 1e9 / mergeNanos;
    }
}
