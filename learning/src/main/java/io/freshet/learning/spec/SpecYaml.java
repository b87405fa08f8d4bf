package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.Optimizer;
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
    private static final int MAXIMUM_BATCH = 1 << 16;
    /** The gradients of a batch's logits are part of the state. */
    private static final long MAXIMUM_BATCH_OUTPUTS = 1L << 24;
    /** More parameters than this do not fit a state array beside its slots. */
    private static final long MAXIMUM_PARAMETERS = 1L << 28;

    private SpecYaml() {}

    static ModelSpec read(String yaml) {
        Object document = load(yaml);
        if (!(document instanceof Map<?, ?> map)) {
            throw new SpecException("specification: not a mapping (expected: name, label, features, loss, ...)");
        }
        SpecNode root = new SpecNode("", map);
        String name = root.text("name");
        if (!NAME.matcher(name).matches()) {
            throw SpecException.of("name", name, "letters, digits, . _ -, at most 100");
        }
        String label = root.text("label");
        String key = root.optionalText("key");
        String weight = root.optionalText("weight");
        FeatureSpec features = features(root.node("features"));
        SpecNode modelNode = root.node("model");
        Model model = ModelTable.read(modelNode);
        modelNode.end();
        Loss loss = LossTable.read(root.text("loss"));
        int outputs = outputs(root, loss);
        SpecNode optimizerNode = root.node("optimizer");
        Optimizer optimizer = OptimizerTable.read(optimizerNode);
        double learningRate =
                optimizerNode.number("learningRate", 0.01, value -> (float) value > 0 && value <= 1000, "in (0, 1000]");
        optimizerNode.end();
        SpecNode batch = root.node("batch");
        int batchSize = batch.integer("size", 1, 1, MAXIMUM_BATCH);
        batch.end();
        long seed = root.whole("seed", 42, Long.MIN_VALUE, Long.MAX_VALUE);
        SpecNode publishNode = root.node("publish");
        PublishSpec publish = new PublishSpec(
                publishNode.integer("everySamples", 1000, 1, Integer.MAX_VALUE),
                publishNode.integer("everyMillis", 500, 1, Integer.MAX_VALUE));
        publishNode.end();
        SpecNode evaluation = root.node("evaluation");
        int window = evaluation.integer("window", 1000, 1, Integer.MAX_VALUE);
        evaluation.end();
        root.end();
        ModelSpec spec = new ModelSpec(
                name,
                label,
                key,
                weight,
                features,
                model,
                outputs,
                loss,
                optimizer,
                learningRate,
                batchSize,
                seed,
                publish,
                window);
        check(spec);
        return spec;
    }

    static String write(ModelSpec spec) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", spec.name());
        root.put("label", spec.label());
        if (spec.key() != null) {
            root.put("key", spec.key());
        }
        if (spec.weight() != null) {
            root.put("weight", spec.weight());
        }
        FeatureSpec from = spec.features();
        // Lists of their own: of one that stands twice, as the empty list does, YAML would make an anchor and an alias.
        Map<String, Object> features = new LinkedHashMap<>();
        features.put("numeric", new ArrayList<>(from.numeric()));
        features.put("standardize", from.standardize());
        features.put("categorical", new ArrayList<>(from.categorical()));
        features.put("cross", new ArrayList<>(from.cross()));
        features.put("sparse", new ArrayList<>(from.sparse()));
        features.put("hashBits", from.hashBits());
        root.put("features", features);
        root.put("model", Map.of("type", spec.model().name()));
        root.put("outputs", spec.outputs());
        root.put("loss", spec.loss().name());
        Map<String, Object> optimizer = new LinkedHashMap<>();
        optimizer.put("type", spec.optimizer().name());
        optimizer.put("learningRate", spec.learningRate());
        optimizer.putAll(spec.optimizer().hyperparameters());
        root.put("optimizer", optimizer);
        root.put("batch", Map.of("size", spec.batchSize()));
        root.put("seed", spec.seed());
        Map<String, Object> publish = new LinkedHashMap<>();
        publish.put("everySamples", spec.publish().everySamples());
        publish.put("everyMillis", spec.publish().everyMillis());
        root.put("publish", publish);
        root.put("evaluation", Map.of("window", spec.window()));
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.AUTO)
                .setWidth(120)
                .build();
        return new Dump(settings).dumpToString(root);
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
        FeatureSpec features = new FeatureSpec(
                node.names("numeric"),
                node.flag("standardize", true),
                node.names("categorical"),
                node.nameLists("cross"),
                node.names("sparse"),
                node.integer("hashBits", FeatureSpec.DEFAULT_HASH_BITS, 1, FeatureSpec.MAXIMUM_HASH_BITS));
        node.end();
        if (features.numeric().isEmpty() && !features.hashed()) {
            throw SpecException.of("features", "none", "at least one of numeric, categorical, cross, sparse");
        }
        return features;
    }

    private static int outputs(SpecNode root, Loss loss) {
        int minimum = loss.minimumOutputs();
        if (!root.has("outputs") && loss.task() == Task.MULTICLASS) {
            throw SpecException.of("outputs", "missing", "the number of classes, from " + minimum);
        }
        return root.integer("outputs", minimum, minimum, loss.maximumOutputs());
    }

    private static void check(ModelSpec spec) {
        List<String> inputs = spec.features().numeric();
        if (inputs.contains(spec.label())) {
            throw SpecException.of("features.numeric", spec.label(), "not the label");
        }
        if (spec.textFields().contains(spec.label())) {
            throw SpecException.of("features", spec.label(), "not the label");
        }
        long parameters = (long) spec.features().rows() * spec.outputs();
        if (parameters > MAXIMUM_PARAMETERS) {
            throw SpecException.of("features.hashBits", spec.features().hashBits(), "rows * outputs up to 2^28");
        }
        if ((long) spec.batchSize() * spec.outputs() > MAXIMUM_BATCH_OUTPUTS) {
            throw SpecException.of("batch.size", spec.batchSize(), "size * outputs up to 2^24");
        }
    }
}
