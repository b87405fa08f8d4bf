package io.freshet.learning.spec;

import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.merge.Transfer;
import io.freshet.learning.optimizer.Hyperparameter;
import io.freshet.learning.optimizer.Momentum;
import io.freshet.learning.optimizer.Nesterov;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Sgd;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a model, in YAML.
 *
 * <pre>
 *   replicas: 4
 *   replicas: {count: 4, period: 1000, staleness: 1, merge: mean, slots: local, idle: 10s}
 *   replicas: {count: 4, transfer: bfloat16}
 *   replicas: {count: 4, merge: {type: nesterov, learningRate: 0.7, momentum: 0.9}}
 * </pre>
 */
public final class ReplicaSpec {
    private static final int MAXIMUM_COUNT = 1024;
    private static final int MAXIMUM_STALENESS = 64;
    private static final int MAXIMUM_REDUCERS = 64;
    private static final int DEFAULT_PERIOD = 1000;

    private static final SortedMap<String, Function<SpecNode, Merge>> MERGES = new TreeMap<>(Map.of(
            "mean", node -> Merge.mean(),
            "sum", node -> Merge.sum(),
            "adaptive", node -> Merge.adaptive(),
            "gradient", node -> Merge.gradient(),
            "sgd", node -> outer(node, new Sgd()),
            "momentum", node -> outer(node, new Momentum(momentum(node))),
            "nesterov", node -> outer(node, new Nesterov(momentum(node)))));

    private static final SortedMap<String, Slots> SLOTS =
            new TreeMap<>(Map.of("local", Slots.LOCAL, "mean", Slots.MEAN));

    private static final SortedMap<String, Transfer> TRANSFERS =
            new TreeMap<>(Map.of("float32", Transfer.FLOAT32, "bfloat16", Transfer.BFLOAT16));

    private ReplicaSpec() {}

    private static double momentum(SpecNode node) {
        Hyperparameter momentum = Hyperparameter.MOMENTUM;
        return node.number(momentum.name(), momentum.defaultValue(), momentum.range(), momentum.expected());
    }

    private static Merge outer(SpecNode node, Optimizer optimizer) {
        return Merge.outer(
                optimizer,
                node.number("learningRate", 0.7, value -> (float) value > 0 && value <= 1000, "in (0, 1000]"));
    }

    /** Returns the replicas of a specification, or null if it has none. */
    static @Nullable ReplicaSettings read(SpecNode root, Optimizer optimizer, BatchSpec batch) {
        boolean any = root.has("replicas");
        SpecNode node = ShortForm.node(root, "replicas");
        SpecNode mergeNode = ShortForm.node(node, "merge");
        Merge merge = mergeNode.choose("mean", MERGES).apply(mergeNode);
        mergeNode.end();
        int period = merge.isOfGradients() && !batch.isFull() ? batch.size() : DEFAULT_PERIOD;
        ReplicaSettings settings = new ReplicaSettings(
                node.integer("count", 1, 1, MAXIMUM_COUNT),
                node.integer("period", period, 1, Integer.MAX_VALUE),
                node.integer("staleness", 1, 0, MAXIMUM_STALENESS),
                merge,
                node.oneOf("slots", optimizer.penalizes() ? "mean" : "local", SLOTS),
                node.oneOf("transfer", "float32", TRANSFERS),
                node.millis("idle", ReplicaSettings.DEFAULT_IDLE_MILLIS),
                node.integer("reducers", 1, 1, MAXIMUM_REDUCERS));
        node.end();
        return any ? settings : null;
    }

    /** Omits {@code transfer}, {@code idle}, and {@code reducers} if they are the default. */
    static Map<String, Object> write(ReplicaSettings settings) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", settings.count());
        map.put("period", settings.period());
        map.put("staleness", settings.staleness());
        Map<String, Object> merge = new LinkedHashMap<>();
        merge.put("type", settings.merge().name());
        merge.putAll(settings.merge().hyperparameters());
        map.put("merge", merge);
        map.put("slots", settings.slots().name().toLowerCase(Locale.ROOT));
        if (settings.transfer() != Transfer.FLOAT32) {
            map.put("transfer", settings.transfer().name().toLowerCase(Locale.ROOT));
        }
        if (settings.idleMillis() != ReplicaSettings.DEFAULT_IDLE_MILLIS) {
            map.put("idle", Durations.write(settings.idleMillis()));
        }
        if (settings.mergesByBlock()) {
            map.put("reducers", settings.reducers());
        }
        return map;
    }

    /** Returns what the states of replicas depend on: all but {@code period}, {@code idle}, and the numbers of the merge. */
    static Map<String, Object> state(ReplicaSettings settings) {
        Map<String, Object> map = write(settings);
        map.keySet().removeAll(Set.of("period", "idle"));
        map.put("merge", settings.merge().name());
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
        String inseparable = replicas.mergesByBlock() ? inseparable(spec, replicas) : null;
        if (inseparable != null) {
            return inseparable;
        }
        String unrecoverable = unrecoverable(spec, replicas);
        if (unrecoverable != null) {
            return unrecoverable;
        }
        if (replicas.merge().needsSquares() && spec.optimizer().squares() < 0) {
            return "replicas.merge: " + replicas.merge().name() + " (expected: another one, since "
                    + spec.optimizer().name() + " accumulates no squared gradients)";
        }
        if (replicas.merge().isOfGradients()) {
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

    /** Returns why blocks cannot be merged by reducers of their own, or null if they can. */
    private static @Nullable String inseparable(ModelSpec spec, ReplicaSettings replicas) {
        String expected = "replicas.reducers: " + replicas.reducers() + " (expected: ";
        if (replicas.merge().isOfGradients()) {
            return expected + "1 with merge: gradient, whose step needs the gradient of all blocks)";
        }
        int blocks = spec.model()
                .layout(spec.inputShape(), spec.outputs(), spec.optimizer().slots())
                .blocks();
        return replicas.reducers() <= blocks
                ? null
                : expected + "at most " + blocks + ", since the model has that many blocks of about 16,384 parameters)";
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
        if (replicas.mergesByBlock()) {
            return expected + "replicas.reducers above 1, whose blocks would not return)";
        }
        if (replicas.merge().slots() > 0) {
            return expected + "replicas.merge: " + replicas.merge().name() + ", whose velocity would not return)";
        }
        boolean isLocal = replicas.slots() == Slots.LOCAL && !replicas.merge().isOfGradients();
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
