package io.freshet.learning.replica;

import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.StateParts;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The rule of replicas as a plain loop: whole vectors instead of blocks, all merged points instead of a log, and replicas
 * that take turns. Written from the definition, without the classes that it tests.
 */
final class PlainReplicas {
    /** By the first round that has them. */
    private final TreeMap<Integer, Phase> phases = new TreeMap<>();
    /** Those of the round that is learned. */
    private Learner learner;

    private ReplicaSettings settings;
    private final List<Trained> replicas = new ArrayList<>();
    /** By round: parameters, then slots. */
    private final List<float[][]> points = new ArrayList<>();

    private final List<double[]> moments = new ArrayList<>();
    private final List<Long> mostUpdates = new ArrayList<>(List.of(0L));
    private final List<Long> allUpdates = new ArrayList<>(List.of(0L));
    private final int parameters;

    private record Phase(Learner learner, ReplicaSettings settings) {}

    private static final class Trained {
        LearnerState state;
        /** By round, from 1. */
        final List<Round> rounds = new ArrayList<>();

        int taken;

        Trained(LearnerState state) {
            this.state = state;
        }
    }

    private record Round(float[][] change, float[][] rest, long samples, long updates, double[] moments) {}

    PlainReplicas(Learner learner, ReplicaSettings settings) {
        this.learner = learner;
        this.settings = settings;
        phases.put(1, new Phase(learner, settings));
        LearnerState start = learner.start();
        for (int r = 0; r < settings.count(); r++) {
            replicas.add(new Trained(start.copy()));
        }
        points.add(arrays(start));
        moments.add(start.moments());
        parameters = start.layout().parameters();
    }

    /** Uses another learner from a round on. */
    PlainReplicas changing(int round, Learner to) {
        phases.put(round, new Phase(to, Objects.requireNonNull(to.spec().replicas())));
        return this;
    }

    private static float[][] arrays(LearnerState state) {
        return state.weights().convert(state.layout().bySlot()).arrays();
    }

    /** Learns as many rounds as all replicas have samples for; returns the parameters after each, from the start. */
    List<float[][]> learn(List<List<Sample>> samples) {
        int left = samples.get(0).size();
        for (int k = 1; use(phases.floorEntry(k).getValue()).period() <= left; k++) {
            left -= settings.period();
            int base = Math.max(0, k - 1 - settings.staleness());
            for (int r = 0; r < settings.count(); r++) {
                learn(replicas.get(r), samples.get(r), base);
            }
            merge(k);
        }
        return points;
    }

    private ReplicaSettings use(Phase phase) {
        learner = phase.learner;
        settings = phase.settings;
        return settings;
    }

    private void learn(Trained replica, List<Sample> samples, int base) {
        float[][] opening = opening(replica, base);
        LearnerState state = adopt(replica, opening, base);
        long learned = state.samples();
        long updates = state.updates();
        double[] own = new double[state.moments().length];
        for (int i = 0; i < settings.period(); i++) {
            Sample sample = samples.get(replica.taken++);
            learner.learn(state, sample);
            PlainMoments.welford(own, sample);
        }
        replica.state = state;
        float[][] now = arrays(state);
        float[][] change = new float[opening.length][parameters];
        float[][] rest = new float[opening.length][parameters];
        for (int part = 0; part < opening.length; part++) {
            for (int i = 0; i < parameters; i++) {
                change[part][i] = now[part][i] - opening[part][i];
                if ((float) (opening[part][i] + (double) change[part][i]) != now[part][i]) {
                    rest[part][i] = new BigDecimal(now[part][i])
                            .subtract(new BigDecimal(opening[part][i]))
                            .subtract(new BigDecimal(change[part][i]))
                            .floatValue();
                }
            }
        }
        replica.rounds.add(new Round(change, rest, state.samples() - learned, state.updates() - updates, own));
    }

    private float[][] opening(Trained replica, int base) {
        float[][] opening = points.get(base).clone();
        for (int part = 0; part < opening.length; part++) {
            opening[part] = opening[part].clone();
            for (int i = 0; i < parameters; i++) {
                double sum = opening[part][i];
                for (Round round : replica.rounds.subList(base, replica.rounds.size())) {
                    sum += round.change[part][i];
                    sum += round.rest[part][i];
                }
                boolean isSquare =
                        part > 0 && part == 1 + learner.spec().optimizer().squares();
                opening[part][i] = isSquare ? Math.max(0, (float) sum) : (float) sum;
            }
        }
        if (settings.slots() == Slots.LOCAL) {
            System.arraycopy(arrays(replica.state), 1, opening, 1, opening.length - 1);
        }
        return opening;
    }

    private LearnerState adopt(Trained replica, float[][] opening, int base) {
        LearnerState before = replica.state;
        Weights weights = Weights.zero(before.layout().bySlot());
        for (int part = 0; part < opening.length; part++) {
            System.arraycopy(opening[part], 0, weights.arrays()[part], 0, parameters);
        }
        long unmerged = 0;
        double[] known = moments.get(base);
        for (Round round : replica.rounds.subList(base, replica.rounds.size())) {
            unmerged += round.updates;
            known = PlainMoments.chan(known, round.moments);
        }
        boolean local = settings.slots() == Slots.LOCAL;
        long updates = local ? before.updates() : mostUpdates.get(base) + unmerged;
        long others = allUpdates.get(base) - (updates - unmerged);
        return new LearnerState(
                new StateParts.Learned(
                        weights.convert(before.layout()),
                        known.clone(),
                        before.updateMemory(),
                        before.blockVersions(),
                        null,
                        null),
                before.pending(),
                new StateParts.Validation(
                        before.window(), before.closed(), new UpdateTally(), before.epochProgress(), before.watcher()),
                before.lineage(),
                new StateParts.Counts(before.samples(), updates, 0, 0, others));
    }

    private void merge(int k) {
        List<Round> round =
                replicas.stream().map(replica -> replica.rounds.get(k - 1)).toList();
        float[][] before = points.get(k - 1);
        float[][] after = new float[before.length][];
        long samples = round.stream().mapToLong(Round::samples).sum();
        for (int part = 0; part < before.length; part++) {
            after[part] = before[part].clone();
            for (int i = 0; i < parameters && (part == 0 || settings.slots() == Slots.MEAN); i++) {
                after[part][i] = mean(before[part][i], round, samples, part, i);
                if (part == 1 + learner.spec().optimizer().squares() && part > 0) {
                    after[part][i] = Math.max(0, after[part][i]);
                }
            }
        }
        points.add(after);
        double[] both = new double[moments.get(0).length];
        for (Round each : round) {
            both = PlainMoments.chan(both, each.moments);
        }
        moments.add(PlainMoments.chan(moments.get(k - 1), both));
        mostUpdates.add(mostUpdates.get(k - 1)
                + round.stream().mapToLong(Round::updates).max().orElse(0));
        allUpdates.add(
                allUpdates.get(k - 1) + round.stream().mapToLong(Round::updates).sum());
    }

    private static float mean(double start, List<Round> round, long samples, int part, int i) {
        double sum = start;
        for (Round each : round) {
            double share = (double) each.samples / samples;
            sum += share * each.change[part][i];
            sum += share * each.rest[part][i];
        }
        return (float) sum;
    }

    /** Returns a learned sample with 0 for the numbers that are standardized. */
    static Sample unscaled(Sample sample, Sample.Position position) {
        Sample.Features features = sample.features();
        double[] zeros = new double[features.numeric().length];
        return new Sample(
                new Sample.Features(zeros, features.dense(), features.rows(), features.ends(), features.values()),
                sample.label(),
                sample.weight(),
                false,
                position);
    }
}
