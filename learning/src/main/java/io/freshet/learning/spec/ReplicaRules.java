package io.freshet.learning.spec;

import static io.freshet.learning.spec.Rules.refuse;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import org.jspecify.annotations.Nullable;

/** Which models can be learned by replicas. */
public final class ReplicaRules {
    private ReplicaRules() {}

    /** Returns why a model cannot be learned by these replicas, or null if it can. */
    public static @Nullable String misfit(ModelSpec spec, ReplicaSettings replicas) {
        try {
            check(spec, replicas);
            return null;
        } catch (SpecException e) {
            return e.getMessage();
        }
    }

    static void check(ModelSpec spec, ReplicaSettings replicas) {
        Optimizer optimizer = spec.optimizer();
        BatchSpec batch = spec.training().batch();
        refuse(spec.key() != null, "replicas", replicas.count(), "none for a model with a key");
        boolean inseparable = optimizer.needsObjective() || optimizer.looksAhead();
        refuse(inseparable, "optimizer", optimizer.name(), "one whose steps can be merged");
        refuse(batch.isFull(), "batch.size", "full", "a number of samples with replicas");
        refuse(spec.training().epochs() > 1, "epochs", spec.training().epochs(), "1 with replicas");
        boolean strict = spec.stream().order().strict();
        refuse(strict, "order", "strict", "arrival with replicas, whose partitions take turns anyway");
        long remembered = spec.stream().deduplicateMillis();
        refuse(remembered > 0, "deduplicate", Durations.write(remembered), "0 with replicas");
        boolean local = replicas.slots() == Slots.LOCAL;
        boolean gradients = replicas.mergesGradients();
        if (spec.stream().onDivergence().goesBack()) {
            String policy = spec.stream().onDivergence().action();
            String stale = "hold or none with a replicas.staleness of " + replicas.staleness()
                    + ", since contributions under way would bring the divergence back";
            refuse(replicas.staleness() > 0, "onDivergence", policy, stale);
            String slots = "hold or none with replicas.slots: local, since those of " + optimizer.name()
                    + " would not return; or optimizer: sgd, which has none";
            refuse(local && !gradients && optimizer.slots() > 0, "onDivergence", policy, slots);
        }
        if (gradients) {
            String with = " with replicas.merge: gradient";
            refuse(batch.size() == 1, "batch.size", 1, "at least 2" + with);
            long delay = batch.maximumDelayMillis();
            refuse(delay > 0, "batch.maxDelayMillis", delay, "0" + with);
            String period = "batch.size, which is " + batch.size() + ", with merge: gradient";
            refuse(replicas.period() != batch.size(), "replicas.period", replicas.period(), period);
            refuse(!local, "replicas.slots", "mean", "local with merge: gradient, which has one set of slots");
            return;
        }
        String follow = "mean for " + optimizer.name() + ", whose parameters follow from its slots";
        refuse(local && optimizer.penalizes(), "replicas.slots", "local", follow);
        boolean negative = !local && replicas.staleness() > 0 && optimizer.averagesSquares();
        String squares = "local for " + optimizer.name() + " with a staleness of " + replicas.staleness()
                + ", since its mean squares could become negative";
        refuse(negative, "replicas.slots", "mean", squares);
    }
}
