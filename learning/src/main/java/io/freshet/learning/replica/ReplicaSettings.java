package io.freshet.learning.replica;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import org.jspecify.annotations.Nullable;

/**
 * How replicas share the learning of a model.
 *
 * @param count replicas, at least 1
 * @param period samples that a replica receives in a round, at least 1
 * @param staleness rounds that a replica may be ahead of the merged point that it starts from, at least 0
 * @param merge of the parameters
 * @param slots of the optimizer
 */
public record ReplicaSettings(int count, int period, int staleness, Merge merge, Slots slots) {
    public ReplicaSettings {
        check("count", count, 1);
        check("period", period, 1);
        check("staleness", staleness, 0);
    }

    private static void check(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "replicas." + name + ": " + value + " (expected: at least " + least + ")");
        }
    }

    /** Returns why a model cannot be learned by these replicas, or null if it can. */
    public @Nullable String misfit(ModelSpec spec) {
        if (spec.key() != null) {
            return "replicas: " + count + " (expected: none for a model with a key)";
        }
        if (spec.optimizer().needsObjective()) {
            return "optimizer: " + spec.optimizer().name() + " (expected: one whose steps can be merged)";
        }
        if (spec.training().batch().isFull()) {
            return "batch.size: full (expected: a number of samples with replicas)";
        }
        if (spec.training().epochs() > 1) {
            return "epochs: " + spec.training().epochs() + " (expected: 1 with replicas)";
        }
        if (merge.needsSquares() && spec.optimizer().squares() < 0) {
            return "replicas.merge: " + merge.name() + " (expected: another one, since "
                    + spec.optimizer().name() + " accumulates no squared gradients)";
        }
        if (merge.isOfGradients()) {
            return misfitOfGradients(spec);
        }
        if (slots == Slots.LOCAL && spec.optimizer().penalizes()) {
            return "replicas.slots: local (expected: mean for "
                    + spec.optimizer().name() + ", whose parameters follow from its slots)";
        }
        if (slots == Slots.MEAN && staleness > 0 && spec.optimizer().averagesSquares()) {
            return "replicas.slots: mean (expected: local for "
                    + spec.optimizer().name() + " with a staleness of " + staleness
                    + ", since its mean squares could become negative)";
        }
        return null;
    }

    private @Nullable String misfitOfGradients(ModelSpec spec) {
        BatchSpec batch = spec.training().batch();
        if (batch.size() == 1) {
            return "batch.size: 1 (expected: at least 2 with replicas.merge: gradient)";
        }
        if (batch.maximumDelayMillis() > 0) {
            return "batch.maxDelayMillis: " + batch.maximumDelayMillis()
                    + " (expected: 0 with replicas.merge: gradient)";
        }
        if (period != batch.size()) {
            return "replicas.period: " + period + " (expected: batch.size, which is " + batch.size()
                    + ", with merge: gradient)";
        }
        return slots == Slots.LOCAL
                ? null
                : "replicas.slots: mean (expected: local with merge: gradient, which has one set of slots)";
    }

    /** Returns the count of parts of a contribution: the parameters, and each slot that is merged. */
    int parts(ModelSpec spec) {
        return slots == Slots.MEAN ? 1 + spec.optimizer().slots() : 1;
    }
}
