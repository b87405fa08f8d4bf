package io.freshet.learning.spec;

import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.spec.stream.StreamSpec.OnDivergence;
import io.freshet.learning.spec.table.ShortForm;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a model, in YAML.
 *
 * <pre>
 *   replicas: 4
 *   replicas: {count: 4, period: 1000, staleness: 1, merge: mean, slots: local, idle: 10s}
 *   replicas: {count: 4, merge: gradient}
 * </pre>
 */
public final class ReplicaSpec {
    private static final int MAXIMUM_COUNT = 1024;
    private static final int MAXIMUM_STALENESS = 64;
    private static final int DEFAULT_PERIOD = 1000;

    private static final SortedMap<String, Merge> MERGES =
            new TreeMap<>(Map.of("mean", Merge.MEAN, "gradient", Merge.GRADIENT));

    private static final SortedMap<String, Slots> SLOTS =
            new TreeMap<>(Map.of("local", Slots.LOCAL, "mean", Slots.MEAN));

    private ReplicaSpec() {}

    /** Returns the replicas of a specification, or null if it has none. */
    static @Nullable ReplicaSettings read(SpecNode root, Optimizer optimizer, BatchSpec batch) {
        boolean any = root.has("replicas");
        SpecNode node = ShortForm.node(root, "replicas");
        Merge merge = node.oneOf("merge", "mean", MERGES);
        int period = merge == Merge.GRADIENT && !batch.isFull() ? batch.size() : DEFAULT_PERIOD;
        ReplicaSettings settings = new ReplicaSettings(
                node.integer("count", 1, 1, MAXIMUM_COUNT),
                node.integer("period", period, 1, Integer.MAX_VALUE),
                node.integer("staleness", 1, 0, MAXIMUM_STALENESS),
                merge,
                node.oneOf("slots", optimizer.penalizes() ? "mean" : "local", SLOTS),
                node.millis("idle", ReplicaSettings.DEFAULT_IDLE_MILLIS));
        node.refuse("transfer", "none: changes are sent as floats; a longer replicas.period sends fewer of them");
        node.refuse("reducers", "none: one reducer merges all blocks; a longer replicas.period gives it less to read");
        node.end();
        return any ? settings : null;
    }

    /** Omits {@code idle} if it is the default. */
    static Map<String, Object> write(ReplicaSettings settings) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", settings.count());
        map.put("period", settings.period());
        map.put("staleness", settings.staleness());
        map.put("merge", name(settings.merge()));
        map.put("slots", name(settings.slots()));
        if (settings.idleMillis() != ReplicaSettings.DEFAULT_IDLE_MILLIS) {
            map.put("idle", Durations.write(settings.idleMillis()));
        }
        return map;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Returns what the states of replicas depend on: all but {@code period} and {@code idle}. */
    static Map<String, Object> state(ReplicaSettings settings) {
        Map<String, Object> map = write(settings);
        map.keySet().removeAll(Set.of("period", "idle"));
        return map;
    }

    /** @throws SpecException if the model cannot be learned by its replicas */
    static void check(ModelSpec spec) {
        ReplicaSettings replicas = spec.replicas();
        String misfit = replicas == null ? null : misfit(spec, replicas);
        if (misfit != null) {
            throw new SpecException(misfit);
        }
    }

    /** Returns why a model cannot be learned by these replicas, or null if it can. */
    public static @Nullable String misfit(ModelSpec spec, ReplicaSettings replicas) {
        if (spec.key() != null) {
            return "replicas: " + replicas.count() + " (expected: none for a model with a key)";
        }
        if (spec.optimizer().needsObjective() || spec.optimizer().looksAhead()) {
            return "optimizer: " + spec.optimizer().name() + " (expected: one whose steps can be merged)";
        }
        if (spec.training().batch().isFull()) {
            return "batch.size: full (expected: a number of samples with replicas)";
        }
        if (spec.training().epochs() > 1) {
            return "epochs: " + spec.training().epochs() + " (expected: 1 with replicas)";
        }
        if (spec.stream().order().strict()) {
            return "order: strict (expected: arrival with replicas, whose partitions take turns anyway)";
        }
        long remembered = spec.stream().deduplicateMillis();
        if (remembered > 0) {
            return "deduplicate: " + Durations.write(remembered) + " (expected: 0 with replicas)";
        }
        String unrecoverable = unrecoverable(spec, replicas);
        if (unrecoverable != null) {
            return unrecoverable;
        }
        if (replicas.mergesGradients()) {
            return misfitOfGradients(spec, replicas);
        }
        if (replicas.slots() == Slots.LOCAL && spec.optimizer().penalizes()) {
            return "replicas.slots: local (expected: mean for "
                    + spec.optimizer().name() + ", whose parameters follow from its slots)";
        }
        if (replicas.slots() == Slots.MEAN
                && replicas.staleness() > 0
                && spec.optimizer().averagesSquares()) {
            return "replicas.slots: mean (expected: local for "
                    + spec.optimizer().name() + " with a staleness of " + replicas.staleness()
                    + ", since its mean squares could become negative)";
        }
        return null;
    }

    /** Returns why a divergence could not be undone as specified, or null if it could. */
    private static @Nullable String unrecoverable(ModelSpec spec, ReplicaSettings replicas) {
        OnDivergence policy = spec.stream().onDivergence();
        if (policy != OnDivergence.REVERT && policy != OnDivergence.RESET) {
            return null;
        }
        String expected = "onDivergence: " + policy.name().toLowerCase(Locale.ROOT) + " (expected: hold or none with ";
        if (replicas.staleness() > 0) {
            return expected + "a replicas.staleness of " + replicas.staleness()
                    + ", since contributions under way would bring the divergence back)";
        }
        boolean isLocal = replicas.slots() == Slots.LOCAL && !replicas.mergesGradients();
        return isLocal && spec.optimizer().slots() > 0
                ? expected + "replicas.slots: local, since those of "
                        + spec.optimizer().name() + " would not return; or optimizer: sgd, which has none)"
                : null;
    }

    private static @Nullable String misfitOfGradients(ModelSpec spec, ReplicaSettings replicas) {
        BatchSpec batch = spec.training().batch();
        if (batch.size() == 1) {
            return "batch.size: 1 (expected: at least 2 with replicas.merge: gradient)";
        }
        if (batch.maximumDelayMillis() > 0) {
            return "batch.maxDelayMillis: " + batch.maximumDelayMillis()
                    + " (expected: 0 with replicas.merge: gradient)";
        }
        if (replicas.period() != batch.size()) {
            return "replicas.period: " + replicas.period() + " (expected: batch.size, which is " + batch.size()
                    + ", with merge: gradient)";
        }
        return replicas.slots() == Slots.LOCAL
                ? null
                : "replicas.slots: mean (expected: local with merge: gradient, which has one set of slots)";
    }
}
