package io.freshet.learning.spec;

import io.freshet.learning.optimizer.Optimizer;

/**
 * How replicas share the learning of a model.
 *
 * @param count replicas, at least 1
 * @param period samples that a replica receives in a round, at least 1
 * @param staleness rounds that a replica may be ahead of the merged point that it starts from, at least 0
 * @param merge of the parameters
 * @param slots of the optimizer
 * @param idleMillis how long a round waits for a replica after its first contribution; 0 for no limit
 */
public record ReplicaSettings(int count, int period, int staleness, Merge merge, Slots slots, long idleMillis) {
    public static final long DEFAULT_IDLE_MILLIS = 10_000;

    /** Creates replicas whose rounds wait for the default time. */
    public ReplicaSettings(int count, int period, int staleness, Merge merge, Slots slots) {
        this(count, period, staleness, merge, slots, DEFAULT_IDLE_MILLIS);
    }

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

    /** Returns whether replicas contribute gradients instead of changes. */
    public boolean mergesGradients() {
        return merge == Merge.GRADIENT;
    }

    /** Returns the count of parts of a contribution: the parameters, and each slot of the optimizer that is merged. */
    public int parts(Optimizer optimizer) {
        return slots == Slots.MEAN ? 1 + optimizer.slots() : 1;
    }
}
