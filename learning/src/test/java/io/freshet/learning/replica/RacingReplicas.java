package io.freshet.learning.replica;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Replicas and their reducer, which receive samples, contributions, and merged points in a random order, some twice. */
final class RacingReplicas {
    ReducerState merged;
    final List<MergedPoint> log = new ArrayList<>();
    /** All contributions of full rounds, in the order in which replicas made them. */
    final List<Contribution> contributed = new ArrayList<>();

    final List<ReplicaState> states = new ArrayList<>();
    private final Replica replica;
    private final Reducer reducer;
    private final List<Deque<Contribution>> sent = new ArrayList<>();
    private final SplittableRandom random;
    /** One round in this many is closed early, on average; 0 closes no round early. */
    private int earlyOneIn;

    private boolean restarts;
    /** By the round whose point announces it. */
    private final Map<Long, String> announcements = new HashMap<>();

    RacingReplicas(Learner learner, ReplicaSettings settings, LearnerState start, long seed) {
        replica = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        random = new SplittableRandom(seed);
        for (int r = 0; r < settings.count(); r++) {
            states.add(replica.start(r, start));
            sent.add(new ArrayDeque<>());
        }
        merged = reducer.start(start);
    }

    RacingReplicas closingEarly(int oneIn) {
        earlyOneIn = oneIn;
        return this;
    }

    /** Stores and restores states, contributions, and merged points as bytes, again and again. */
    RacingReplicas restarting() {
        restarts = true;
        return this;
    }

    /** Announces a specification with the point of a round. */
    RacingReplicas announcing(long round, ModelSpec spec) {
        announcements.put(round, spec.toYaml());
        return this;
    }

    /** Learns all samples; returns the parameters after each round, from the start. */
    List<float[]> learn(List<List<Sample>> samples) {
        List<float[]> points = new ArrayList<>(List.of(merged.merged().weights().parameters()));
        int[] taken = new int[samples.size()];
        int left = samples.stream().mapToInt(List::size).sum();
        while (left > 0 || sent.stream().anyMatch(each -> !each.isEmpty())) {
            int r = random.nextInt(samples.size());
            ReplicaState state = states.get(r);
            switch (random.nextInt(8)) {
                case 0 -> deliver(r, points);
                case 1 -> receivePoint(state);
                default -> {
                    if (restarts && random.nextInt(20) == 0) {
                        state = RestoredReplicas.restored(state);
                        states.set(r, state);
                        merged = RestoredReplicas.restored(merged);
                    }
                    if (taken[r] < samples.get(r).size() && replica.isReady(state)) {
                        Contribution contribution =
                                replica.learn(state, samples.get(r).get(taken[r]++));
                        left--;
                        if (contribution != null) {
                            sent.get(r).add(contribution);
                            contributed.add(contribution);
                        }
                    } else if (isStuck(samples, taken)) {
                        closeWithoutEnded(samples, taken, points);
                    }
                }
            }
        }
        return points;
    }

    /** Returns whether all wait for a replica that has no more samples. */
    private boolean isStuck(List<List<Sample>> samples, int[] taken) {
        for (int r = 0; r < samples.size(); r++) {
            ReplicaState state = states.get(r);
            boolean canLearn = taken[r] < samples.get(r).size() && replica.isReady(state);
            if (canLearn || !sent.get(r).isEmpty() || state.lastReceived < log.size()) {
                return false;
            }
        }
        return true;
    }

    /** Closes a round without replicas that have no more samples, as after the idle time. */
    private void closeWithoutEnded(List<List<Sample>> samples, int[] taken, List<float[]> points) {
        List<Integer> awaited = merged.awaited();
        if (!merged.hasUnmerged()
                || awaited.stream().anyMatch(r -> taken[r] < samples.get(r).size())) {
            throw new IllegalStateException("round " + (merged.round() + 1) + ": waits for " + awaited
                    + " (expected: only for replicas without samples)");
        }
        close(points);
    }

    private void deliver(int r, List<float[]> points) {
        if (sent.get(r).isEmpty()) {
            return;
        }
        Contribution removed = sent.get(r).remove();
        Contribution contribution = restarts ? RestoredReplicas.restored(removed) : removed;
        merged.receive(contribution);
        merged.receive(contribution);
        if (earlyOneIn > 0
                && random.nextInt(earlyOneIn) == 0
                && !merged.available().isEmpty()) {
            close(points);
        }
        while (merged.isComplete()) {
            close(points);
        }
    }

    private void close(List<float[]> points) {
        log.add(reducer.close(merged, merged.nextClosing(announcements.get(merged.round() + 1))));
        points.add(merged.merged().weights().parameters());
    }

    /** Ends the input: learns pending batches, and merges what is left. */
    void finish() {
        for (ReplicaState state : states) {
            while (!replica.isReady(state)) {
                receiveAll(state);
                if (!replica.isReady(state)) {
                    close(new ArrayList<>());
                }
            }
            Contribution last = replica.finish(state);
            if (last != null) {
                merged.receive(last);
            }
            merged.end(state.number);
        }
        while (merged.isComplete()) {
            close(new ArrayList<>());
        }
    }

    private void receiveAll(ReplicaState state) {
        while (state.lastReceived < log.size()) {
            replica.receive(state, log.get((int) state.lastReceived));
        }
    }

    private void receivePoint(ReplicaState state) {
        if (state.lastReceived < log.size()) {
            MergedPoint next = log.get((int) state.lastReceived);
            replica.receive(state, restarts ? RestoredReplicas.restored(next) : next);
            replica.receive(state, log.get((int) state.lastReceived - 1));
        }
    }
}
