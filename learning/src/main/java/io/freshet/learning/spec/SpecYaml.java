package io.freshet.learning.spec;

import io.freshet.learning.features.Moments;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Between a specification and its YAML (1.2). What is written reads back equal. */
final class SpecYaml {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int MAXIMUM_LENGTH = 1 << 20;
    private static final int MAXIMUM_DEPTH = 10;
    static final int MAXIMUM_BATCH = 1 << 16;
    private static final int MAXIMUM_DENSE = 1 << 20;
    /** A batch that is not full yet is part of the state. */
    private static final long MAXIMUM_BATCH_NUMBERS = 1L << 26;
    /** More parameters than this do not fit a state beside their slots. */
    private static final long MAXIMUM_PARAMETERS = 1L << 28;

    private static final long MAXIMUM_STATE = 1L << 30;

    private SpecYaml() {}

    static ModelSpec read(String yaml) {
        Object document = load(yaml);
        if (!(document instanceof Map<?, ?> map)) {
            throw new SpecException("specification: not a mapping (expected: name, label, features, loss, ...)");
        }
        return read(new SpecNode("", map));
    }

    static ModelSpec read(SpecNode root) {
        String name = root.text("name");
        if (!NAME.matcher(name).matches()) {
            throw SpecException.of("name", name, "letters, digits, . _ -, at most 100");
        }
        FeatureSpec features = features(root.node("features"));
        SpecNode modelNode = root.node("model");
        Model model = ModelTable.read(modelNode);
        modelNode.end();
        Loss loss = LossTable.read(root, model.steps());
        int outputs = outputs(root, loss);
        FieldSpec fields = FieldSpec.read(root, loss.labelLength(outputs));
        TrainingSpec training = TrainingSpec.read(root);
        double holdout = root.number("holdout", 0, value -> value >= 0 && value < 1, "in [0, 1)");
        long seed = root.whole("seed", 42, Long.MIN_VALUE, Long.MAX_VALUE);
        PublishSpec publish = PublishSpec.read(root.node("publish"));
        SpecNode evaluation = root.node("evaluation");
        int window = evaluation.integer("window", 1000, 1, Integer.MAX_VALUE);
        evaluation.end();
        WatchSpec watch = WatchSpec.read(root.node("watch"));
        StreamSpec stream = StreamSpec.read(root);
        root.end();
        ModelSpec spec = new ModelSpec(
                name, fields, features, model, outputs, loss, training, holdout, seed, publish, window, watch, stream);
        check(spec);
        return spec;
    }

    static String write(ModelSpec spec) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", spec.name());
        root.putAll(spec.fields().write());
        root.put("features", features(spec.features()));
        root.put("model", typed(spec.model().name(), spec.model().hyperparameters()));
        root.put("outputs", spec.outputs());
        Map<String, Double> lossHyperparameters = spec.loss().hyperparameters();
        root.put(
                "loss",
                lossHyperparameters.isEmpty()
                        ? spec.loss().name()
                        : typed(spec.loss().name(), lossHyperparameters));
        root.putAll(spec.training().write());
        root.put("holdout", spec.holdout());
        root.put("seed", spec.seed());
        root.put("publish", spec.publish().write());
        root.put("evaluation", Map.of("window", spec.window()));
        root.put("watch", spec.watch().write());
        spec.stream().write(root);
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.AUTO)
                .setWidth(120)
                .build();
        return new Dump(settings).dumpToString(root);
    }

    private static Map<String, Object> typed(String type, Map<String, ?> hyperparameters) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", type);
        map.putAll(hyperparameters);
        return map;
    }

    /** Lists of their own: of one that stands twice, as the empty list does, YAML would make an anchor and an alias. */
    static Map<String, Object> features(FeatureSpec from) {
        Map<String, Object> features = new LinkedHashMap<>();
        features.put("numeric", new ArrayList<>(from.numeric()));
        features.put(
                "standardize",
                from.standardize() && from.momentDecay() < Moments.EXACT
                        ? Map.of("decay", from.momentDecay())
                        : (Object) from.standardize());
        features.put("categorical", new ArrayList<>(from.categorical()));
        features.put("tokens", new ArrayList<>(from.tokens()));
        List<List<String>> cross = new ArrayList<>();
        from.cross().forEach(names -> cross.add(new ArrayList<>(names)));
        features.put("cross", cross);
        features.put("sparse", new ArrayList<>(from.sparse()));
        List<Map<String, Object>> dense = new ArrayList<>();
        for (FeatureSpec.Dense vector : from.dense()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("field", vector.field());
            fields.put("length", vector.length());
            fields.put("divide", vector.divide());
            fields.put("standardize", vector.standardize());
            dense.add(fields);
        }
        features.put("dense", dense);
        if (from.length() != null) {
            features.put("length", from.length());
        }
        features.put("hashBits", from.hashBits());
        return features;
    }

    static Object load(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("specification")
                .setAllowDuplicateKeys(false)
                .setCodePointLimit(MAXIMUM_LENGTH)
                // A specification needs no list twice; a list within itself, or doubled forty times, has no end.
                .setMaxAliasesForCollections(0)
                .build();
        try {
            checkDepth(new Parse(settings).parseString(yaml));
            Object document = new Load(settings).loadFromString(yaml);
            return document == null ? "" : document;
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ")
                    .orElse("");
            throw new SpecException(where + e.getProblem() + " (expected: YAML)");
        } catch (YamlEngineException e) {
            throw new SpecException("specification: " + e.getMessage() + " (expected: YAML)");
        }
    }

    /** Loading goes down the stack for each level, reading events does not. */
    private static void checkDepth(Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (depth > MAXIMUM_DEPTH) {
                throw new SpecException(
                        "specification: more than " + MAXIMUM_DEPTH + " levels (expected: lists of lists at most)");
            }
        }
    }

    private static FeatureSpec features(SpecNode node) {
        List<String> numeric = node.names("numeric");
        boolean standardize = true;
        double decay = Moments.EXACT;
        if (node.isMapping("standardize")) {
            SpecNode standardization = node.node("standardize");
            decay = standardization.number("decay", Moments.EXACT, value -> value > 0 && value <= 1, "in (0, 1]");
            standardization.end();
        } else {
            standardize = node.flag("standardize", true);
        }
        FeatureSpec features = new FeatureSpec(
                numeric,
                standardize,
                decay,
                node.names("categorical"),
                node.names("tokens"),
                node.nameLists("cross"),
                node.names("sparse"),
                dense(node.nodes("dense", "field")),
                node.optionalFieldName("length"),
                node.integer("hashBits", FeatureSpec.DEFAULT_HASH_BITS, 1, FeatureSpec.MAXIMUM_HASH_BITS));
        node.end();
        if (features.numbers() == 0 && features.hashedFields() == 0) {
            throw SpecException.of(
                    "features", "none", "at least one of numeric, categorical, tokens, cross, sparse, dense");
        }
        return features;
    }

    private static List<FeatureSpec.Dense> dense(List<SpecNode> nodes) {
        List<FeatureSpec.Dense> vectors = new ArrayList<>();
        for (SpecNode node : nodes) {
            String field = node.fieldName("field");
            if (!node.has("length")) {
                throw SpecException.of(node.path("length"), "missing", "how many numbers " + field + " has");
            }
            vectors.add(new FeatureSpec.Dense(
                    field,
                    node.requiredInteger("length", 1, MAXIMUM_DENSE),
                    node.number(
                            "divide",
                            1,
                            value -> Math.abs(value) >= 1e-30 && Math.abs(value) <= 1e30,
                            "of magnitude 1e-30 to 1e30"),
                    node.flag("standardize", false)));
            node.end();
            if (vectors.stream().filter(vector -> vector.field().equals(field)).count() > 1) {
                throw SpecException.of(node.path("field"), field, "each vector once");
            }
        }
        long numbers = vectors.stream().mapToLong(FeatureSpec.Dense::length).sum();
        if (numbers > MAXIMUM_BATCH_NUMBERS) {
            throw SpecException.of("features.dense", numbers + " numbers", "up to 2^26 together");
        }
        return vectors;
    }

    private static int outputs(SpecNode root, Loss loss) {
        int minimum = loss.minimumOutputs();
        if (!root.has("outputs") && minimum > 1 && minimum < loss.maximumOutputs()) {
            throw SpecException.of(
                    "outputs",
                    "missing",
                    loss.task().hasClasses() ? "the number of classes, from " + minimum : "a number from " + minimum);
        }
        return root.integer("outputs", minimum, minimum, loss.maximumOutputs());
    }

    private static void check(ModelSpec spec) {
        List<String> inputs = new ArrayList<>(spec.features().numeric());
        spec.features().dense().forEach(vector -> inputs.add(vector.field()));
        if (spec.features().length() != null) {
            inputs.add(spec.features().length());
        }
        LabelLeakageCheck.check(spec);
        for (FeatureSpec.Dense vector : spec.features().dense()) {
            String wireName = RowLayout.wireName(vector.field());
            if (spec.inputNumberFields().contains(wireName)) {
                throw SpecException.of("features.dense", vector.field(), "another name than that of a number field");
            }
            if (!wireName.equals(vector.field()) && inputs.contains(wireName)) {
                throw SpecException.of("features.dense", vector.field(), "another name than " + wireName);
            }
        }
        TrainingSpec training = spec.training();
        String incompatibility = spec.model()
                .incompatibility(
                        spec.inputShape(),
                        spec.features().numeric().size(),
                        spec.loss().task());
        if (incompatibility != null) {
            throw new SpecException(incompatibility);
        }
        SequenceCheck.check(spec);
        SpecSizeCheck.check(spec);
        if (spec.model().parameterCount(spec.inputShape(), spec.outputs()) > MAXIMUM_PARAMETERS) {
            throw new SpecException("model: " + spec.model().parameterCount(spec.inputShape(), spec.outputs())
                    + " parameters (expected: up to 2^28)");
        }
        long numbers = spec.model().parameterCount(spec.inputShape(), spec.outputs())
                * (1L + training.optimizer().slots());
        if (numbers > MAXIMUM_STATE) {
            throw SpecException.of(
                    "optimizer",
                    training.optimizer().name() + " with "
                            + training.optimizer().slots() + " numbers beside each parameter",
                    "a state of up to 2^30 numbers, not " + numbers);
        }
        long perSample = (long) spec.loss().logitCount(spec.outputs())
                + (long) spec.features().numbers() * Math.max(1, spec.model().steps());
        if (!training.batch().isFull() && training.batch().size() * perSample > MAXIMUM_BATCH_NUMBERS) {
            throw SpecException.of("batch.size", training.batch().size(), "size * (outputs + numbers) up to 2^26");
        }
        if (training.batch().isFull()) {
            checkFull(spec);
        }
        if (training.optimizer().needsObjective()) {
            checkObjective(spec);
        }
        if (spec.stream().order().strict() && spec.key() != null) {
            throw SpecException.of("order", "strict", "arrival, since each key's samples come from one partition");
        }
        if (spec.stream().timeToLiveMillis() > 0 && spec.key() == null) {
            throw SpecException.of("timeToLive", Durations.write(spec.stream().timeToLiveMillis()), "0 without a key");
        }
        long remembered = spec.stream().deduplicateMillis();
        if (spec.stream().timeToLiveMillis() > 0 && spec.stream().timeToLiveMillis() < remembered) {
            throw SpecException.of(
                    "timeToLive",
                    Durations.write(spec.stream().timeToLiveMillis()),
                    "0, or at least deduplicate, " + Durations.write(remembered)
                            + ", since ids are forgotten with the model");
        }
        if (training.earlyStopping().patience() > 0 && spec.holdout() == 0) {
            throw SpecException.of("holdout", 0.0, "above 0, since earlyStopping needs a hold-out loss");
        }
    }

    /** A full batch is learned once all samples have come: no part of it before, and no prediction of a sample after it. */
    private static void checkFull(ModelSpec spec) {
        long delay = spec.training().batch().maximumDelayMillis();
        if (delay > 0) {
            throw SpecException.of("batch.maxDelayMillis", delay, "0, since batch.size full ends with the input");
        }
        if (spec.holdout() > 0) {
            throw SpecException.of(
                    "holdout", spec.holdout(), "0, since batch.size full learns when what is held out has passed");
        }
    }

    /** An optimizer that searches needs a loss that is the same, and smooth, wherever it looks. */
    private static void checkObjective(ModelSpec spec) {
        TrainingSpec training = spec.training();
        String since = ", since optimizer " + training.optimizer().name() + " needs ";
        if (!training.batch().isFull()) {
            throw SpecException.of("batch.size", training.batch().size(), "full" + since + "the whole gradient");
        }
        if (training.regularization().l1() > 0) {
            throw SpecException.of(
                    "regularization.l1", training.regularization().l1(), "0" + since + "a smooth loss");
        }
        if (!training.clip().equals(TrainingSpec.Clip.NONE)) {
            double limit = Math.min(training.clip().value(), training.clip().norm());
            throw SpecException.of("clip", limit, "none" + since + "the whole gradient");
        }
        if (spec.model().hyperparameters().get("dropout") instanceof Number rate && rate.doubleValue() > 0) {
            throw SpecException.of("model.dropout", rate, "0" + since + "the same loss each time");
        }
    }
}
