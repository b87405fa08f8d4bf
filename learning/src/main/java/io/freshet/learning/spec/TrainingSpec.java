package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.schedule.Schedule;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.spec.table.OptimizerTable;
import io.freshet.learning.spec.table.Regularization;
import io.freshet.learning.spec.table.ScheduleTable;
import io.freshet.learning.spec.table.ShortForm;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How samples update the parameters.
 *
 * @param update how a batch updates the parameters
 * @param batch samples per update
 * @param passes passes over a bounded input
 * @param holdout share of samples that are predicted but not learned, in [0, 1)
 * @param replicas that share the learning; null for one learner
 */
public record TrainingSpec(
        Update update,
        BatchSpec batch,
        Passes passes,
        double holdout,
        @Nullable ReplicaSettings replicas) {
    public static final int MAXIMUM_EPOCHS = 1_000_000;
    private static final String OPTIMIZER = "optimizer";

    /** Without replicas. */
    public TrainingSpec(Update update, BatchSpec batch, Passes passes, double holdout) {
        this(update, batch, passes, holdout, null);
    }

    /**
     * One update of the parameters.
     *
     * @param optimizer converts a gradient to a change
     * @param learningRate &gt; 0, before the schedule
     * @param schedule of the learning rate
     * @param regularization penalties on the parameters
     * @param clip limits of a gradient
     */
    public record Update(
            Optimizer optimizer, double learningRate, Schedule schedule, Regularization regularization, Clip clip) {}

    /**
     * Limits of the gradient of one update; infinite to disable.
     *
     * @param value largest magnitude of each component
     * @param norm largest Euclidean norm of the whole gradient, applied after {@code value}
     */
    public record Clip(double value, double norm) {
        public static final Clip NONE = new Clip(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /**
     * Samples per update.
     *
     * @param size at least 1; {@link #FULL} for a whole bounded input
     * @param maximumDelayMillis maximum event-time span of a batch, from its first sample; 0 for no limit
     */
    public record BatchSpec(int size, long maximumDelayMillis) {
        public static final int FULL = Integer.MAX_VALUE;

        public boolean isFull() {
            return size == FULL;
        }
    }

    /**
     * Passes over a bounded input.
     *
     * @param epochs number of passes
     * @param shuffle whether each epoch is shuffled, using the model's seed
     * @param earlyStopping when to stop before the last epoch
     */
    public record Passes(int epochs, boolean shuffle, EarlyStopping earlyStopping) {}

    /**
     * Stops a bounded run when the hold-out loss has not improved on the best by {@code minimumImprovement} for {@code
     * patience} epochs in a row.
     *
     * @param patience in epochs; 0 to disable
     * @param minimumImprovement in the unit of the loss
     * @param restoreBest whether the run ends with the parameters of the epoch with the lowest hold-out loss, rather than those
     *     of the last
     */
    public record EarlyStopping(int patience, double minimumImprovement, boolean restoreBest) {
        public static final EarlyStopping NEVER = new EarlyStopping(0, 0, true);

        private static final SortedMap<String, Boolean> RESTORED = new TreeMap<>(Map.of("best", true, "last", false));

        private static EarlyStopping read(SpecNode node) {
            EarlyStopping stopping = new EarlyStopping(
                    node.integer("patience", 0, 0, MAXIMUM_EPOCHS),
                    node.number("minimumImprovement", 0, value -> value >= 0, ">= 0"),
                    node.oneOf("restore", "best", RESTORED));
            node.end();
            return stopping;
        }

        private Map<String, Object> write() {
            Map<String, Object> stopping = new LinkedHashMap<>();
            stopping.put("patience", patience);
            stopping.put("minimumImprovement", minimumImprovement);
            stopping.put("restore", restoreBest ? "best" : "last");
            return stopping;
        }
    }

    public Optimizer optimizer() {
        return update.optimizer();
    }

    public double learningRate() {
        return update.learningRate();
    }

    public Schedule schedule() {
        return update.schedule();
    }

    /** Returns a new array with the memory of the optimizer or the schedule, before the first update. */
    public double[] memory() {
        return optimizer() instanceof LookAhead ahead
                ? ahead.memory()
                : schedule().memory();
    }

    public Regularization regularization() {
        return update.regularization();
    }

    public Clip clip() {
        return update.clip();
    }

    public int epochs() {
        return passes.epochs();
    }

    public boolean shuffle() {
        return passes.shuffle();
    }

    public EarlyStopping earlyStopping() {
        return passes.earlyStopping();
    }

    TrainingSpec withEpochs(int epochs) {
        return new TrainingSpec(update, batch, new Passes(epochs, shuffle(), earlyStopping()), holdout, replicas);
    }

    static TrainingSpec read(SpecNode root, FeatureSpec features, Model model, Loss loss) {
        Regularization regularization = regularization(root.node("regularization"));
        SpecNode node = ShortForm.node(root, OPTIMIZER);
        String type = null;
        if (!node.has(ShortForm.TYPE)) {
            type = DefaultOptimizer.of(features, model, loss, other -> read(root, node, other, regularization))
                    .optimizer()
                    .name();
            // A rate alone is one of sgd where the default has none.
            type = OptimizerTable.lacksLearningRate(type) && node.has("learningRate") ? "sgd" : type;
        }
        TrainingSpec training = read(root, node, OptimizerTable.read(node, regularization, type), regularization);
        node.end();
        return training;
    }

    private static TrainingSpec read(
            SpecNode root, SpecNode optimizerNode, Optimizer optimizer, Regularization regularization) {
        double learningRate = learningRate(optimizerNode, optimizer);
        SpecNode scheduleNode = ShortForm.node(root, "schedule");
        Schedule schedule = ScheduleTable.read(scheduleNode, learningRate);
        scheduleNode.end();
        BatchSpec batch = batch(ShortForm.node(root, "batch"));
        return new TrainingSpec(
                new Update(optimizer, learningRate, schedule, regularization, clip(root.node("clip"))),
                batch,
                new Passes(
                        root.integer("epochs", 1, 1, MAXIMUM_EPOCHS),
                        root.flag("shuffle", false),
                        EarlyStopping.read(root.node("earlyStopping"))),
                root.number("holdout", 0, value -> value >= 0 && value < 1, "in [0, 1)"),
                ReplicaSpec.read(root, optimizer, batch));
    }

    private static double learningRate(SpecNode node, Optimizer optimizer) {
        if (!optimizer.hasLearningRate() && node.has("learningRate")) {
            throw SpecException.of(
                    node.path("learningRate"),
                    node.number("learningRate", 0, value -> true, "a number"),
                    "none, since " + optimizer.name() + " has no learning rate");
        }
        double learningRate = optimizer.hasLearningRate()
                ? node.number(
                        "learningRate",
                        optimizer.defaultLearningRate(),
                        value -> (float) value > 0 && value <= 1000,
                        "in (0, 1000]")
                : optimizer.defaultLearningRate();
        if (learningRate > optimizer.largestLearningRate()) {
            throw SpecException.of(
                    node.path("learningRate"),
                    learningRate,
                    "up to " + optimizer.largestLearningRate() + ", beyond which " + optimizer.name() + " overshoots");
        }
        return learningRate;
    }

    private static Regularization regularization(SpecNode node) {
        Regularization regularization = new Regularization(
                node.number("l1", 0, value -> value >= 0 && value <= 1e6, "in [0, 1e6]"),
                node.number("l2", 0, value -> value >= 0 && value <= 1e6, "in [0, 1e6]"));
        node.end();
        return regularization;
    }

    private static Clip clip(SpecNode node) {
        Clip clip = new Clip(
                node.number("value", Double.POSITIVE_INFINITY, value -> (float) value > 0, "> 0"),
                node.number("norm", Double.POSITIVE_INFINITY, value -> (float) value > 0, "> 0"));
        node.end();
        return clip;
    }

    private static BatchSpec batch(SpecNode node) {
        int size = node.integerOr("size", "full", BatchSpec.FULL, 1, 1, SpecReader.MAXIMUM_BATCH);
        BatchSpec batch = new BatchSpec(size, node.whole("maxDelayMillis", 0, 0, Long.MAX_VALUE));
        node.end();
        return batch;
    }

    Map<String, Object> write() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put(OPTIMIZER, writeOptimizer());
        Map<String, Object> scheduleMap = new LinkedHashMap<>();
        scheduleMap.put("type", schedule().name());
        scheduleMap.putAll(schedule().hyperparameters());
        root.put("schedule", scheduleMap);
        Map<String, Object> penalties = new LinkedHashMap<>();
        penalties.put("l1", regularization().l1());
        penalties.put("l2", regularization().l2());
        root.put("regularization", penalties);
        Map<String, Object> limits = new LinkedHashMap<>();
        putFinite(limits, "value", clip().value());
        putFinite(limits, "norm", clip().norm());
        if (!limits.isEmpty()) {
            root.put("clip", limits);
        }
        Map<String, Object> batchMap = new LinkedHashMap<>();
        batchMap.put("size", batch.isFull() ? "full" : batch.size());
        batchMap.put("maxDelayMillis", batch.maximumDelayMillis());
        root.put("batch", batchMap);
        root.put("epochs", epochs());
        root.put("shuffle", shuffle());
        root.put("earlyStopping", earlyStopping().write());
        root.put("holdout", holdout);
        if (replicas != null) {
            root.put("replicas", ReplicaSpec.write(replicas));
        }
        return root;
    }

    private Map<String, Object> writeOptimizer() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(ShortForm.TYPE, optimizer().name());
        if (optimizer().hasLearningRate()) {
            map.put("learningRate", learningRate());
        }
        map.putAll(optimizer().hyperparameters());
        return map;
    }

    /** Returns a document whose optimizer is this one, with the fields of the document's own, unless it names a type. */
    Map<?, ?> withOptimizer(Map<?, ?> document) {
        SpecNode own = ShortForm.node(new SpecNode("", document), OPTIMIZER);
        if (own.has(ShortForm.TYPE)) {
            return document;
        }
        Map<Object, Object> optimizer = new LinkedHashMap<>(writeOptimizer());
        if (document.get(OPTIMIZER) instanceof Map<?, ?> fields) {
            fields.forEach((field, value) -> {
                if (value != null) {
                    optimizer.put(field, value);
                }
            });
        }
        Map<Object, Object> changed = new LinkedHashMap<>(document);
        changed.put(OPTIMIZER, optimizer);
        return changed;
    }

    private static void putFinite(Map<String, Object> map, String name, double value) {
        if (value < Double.POSITIVE_INFINITY) {
            map.put(name, value);
        }
    }
}
