package io.freshet.learning.spec;

import io.freshet.learning.features.Moments;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.model.Model;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.spec.feature.FieldSpec;
import io.freshet.learning.spec.feature.MissingSpec;
import io.freshet.learning.spec.feature.TimeSpec;
import io.freshet.learning.spec.stream.PublishSpec;
import io.freshet.learning.spec.stream.ReportingSpec;
import io.freshet.learning.spec.stream.StreamSpec;
import io.freshet.learning.spec.stream.WatchSpec;
import io.freshet.learning.spec.table.LossTable;
import io.freshet.learning.spec.table.ModelTable;
import io.freshet.learning.spec.table.ShortForm;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import io.freshet.learning.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Reads a specification from YAML, the inverse of {@link SpecWriter}. {@link SpecChecks} checks fields that depend on each other. */
final class SpecReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    static final int MAXIMUM_BATCH = 1 << 16;
    private static final int MAXIMUM_DENSE = 1 << 20;
    /** Limits predictions to the range of the labels. */
    static final String LABELS = "labels";

    private static final SortedMap<String, Boolean> CLAMPS = new TreeMap<>(Map.of(LABELS, true, "none", false));

    private SpecReader() {}

    /** @param form converts the document to the form that users write */
    static ModelSpec read(String yaml, UnaryOperator<Map<?, ?>> form) {
        Object document = YamlDocument.load(yaml);
        if (!(document instanceof Map<?, ?> map)) {
            throw new SpecException("specification: not a mapping (expected: name, label, features, loss, ...)");
        }
        return read(new SpecNode("", form.apply(map)));
    }

    static ModelSpec read(SpecNode root) {
        root.rejectAllBut(TopLevel.NAMES);
        ModelSpec spec = readFields(root);
        SpecChecks.check(spec);
        return spec;
    }

    /** The names of the fields of a specification, as the reader asks for them. */
    private static final class TopLevel {
        static final Set<String> NAMES = names();

        private static Set<String> names() {
            Map<String, Object> smallest =
                    Map.of("name", "m", "label", "y", "features", Map.of("numeric", List.of("x")), "loss", "poisson");
            SpecNode root = new SpecNode("", smallest);
            readFields(root);
            return root.known();
        }
    }

    private static ModelSpec readFields(SpecNode root) {
        String name = root.text("name");
        if (!NAME.matcher(name).matches()) {
            throw SpecException.of("name", name, "letters, digits, . _ -, at most 100");
        }
        FeatureSpec features = features(root.node("features"));
        SpecNode modelNode = ShortForm.node(root, "model");
        Model model = ModelTable.read(modelNode);
        modelNode.end();
        Loss loss = LossTable.read(root, model.steps());
        List<String> labels = root.texts("labels");
        int outputs = outputs(root, loss, labels);
        FieldSpec fields = FieldSpec.read(root, labels, loss.labelLength(outputs));
        TrainingSpec training = TrainingSpec.read(root, features, model, loss);
        boolean clamps = clamps(root, Architecture.clampsByDefault(loss, training.optimizer(), outputs));
        long seed = root.whole("seed", 42, Long.MIN_VALUE, Long.MAX_VALUE);
        PublishSpec publish = PublishSpec.read(root.node("publish"));
        SpecNode evaluation = root.node("evaluation");
        int window = evaluation.integer("window", 1000, 1, Integer.MAX_VALUE);
        int topK = topK(evaluation, loss, outputs);
        evaluation.end();
        WatchSpec watch = WatchSpec.read(root.node("watch"));
        StreamSpec stream = StreamSpec.read(root, loss);
        root.end();
        return new ModelSpec(
                name,
                fields,
                new Architecture(features, model, outputs, loss, clamps, seed),
                training,
                new ReportingSpec(publish, window, topK, watch),
                stream);
    }

    private static boolean clamps(SpecNode root, boolean byDefault) {
        return root.oneOf("clamp", byDefault ? LABELS : "none", CLAMPS);
    }

    private static int topK(SpecNode evaluation, Loss loss, int outputs) {
        int topK = evaluation.integer("topK", 0, 0, Integer.MAX_VALUE);
        int most = loss.task().hasClasses() ? outputs - 1 : 0;
        if (topK > most) {
            throw SpecException.of(
                    evaluation.path("topK"),
                    topK,
                    most > 0 ? "up to " + most + ", fewer than the classes" : "0 without more than two classes");
        }
        return topK;
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
        List<String> categorical = node.names("categorical");
        List<String> tokens = node.names("tokens");
        List<List<String>> cross = node.nameLists("cross");
        List<FeatureSpec.Sparse> sparse = sparse(node.nodes("sparse", "field"));
        List<FeatureSpec.Dense> dense = dense(node.nodes("dense", "field"));
        String length = node.optionalFieldName("length");
        int hashBits = node.integer("hashBits", FeatureSpec.DEFAULT_HASH_BITS, 1, FeatureSpec.MAXIMUM_HASH_BITS);
        FeatureSpec.Hashed hashed = new FeatureSpec.Hashed(categorical, tokens, cross, sparse, hashBits);
        List<TimeSpec> times = TimeSpec.read(node.nodes("time", "field"));
        List<String> texts = new ArrayList<>(hashed.textFields());
        times.forEach(time -> texts.add(time.field()));
        MissingSpec missing = MissingSpec.read(ShortForm.node(node, "missing"), numeric, texts);
        node.end();
        FeatureSpec features = new FeatureSpec(
                new FeatureSpec.Numeric(numeric, standardize, decay), hashed, dense, length, times, missing);
        if (features.numbers() == 0 && features.hashedFields() == 0) {
            throw SpecException.of(
                    "features", "none", "at least one of numeric, categorical, tokens, cross, sparse, dense, time");
        }
        return features;
    }

    private static List<FeatureSpec.Sparse> sparse(List<SpecNode> nodes) {
        List<FeatureSpec.Sparse> vectors = new ArrayList<>();
        Set<String> fields = new HashSet<>();
        for (SpecNode node : nodes) {
            String field = node.fieldName("field");
            vectors.add(new FeatureSpec.Sparse(field, node.flag("hash", false)));
            node.end();
            if (!fields.add(field)) {
                throw SpecException.of(node.path("field"), field, "each field once");
            }
        }
        return vectors;
    }

    private static List<FeatureSpec.Dense> dense(List<SpecNode> nodes) {
        List<FeatureSpec.Dense> vectors = new ArrayList<>();
        Set<String> fields = new HashSet<>();
        for (SpecNode node : nodes) {
            String field = node.fieldName("field");
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
            if (!fields.add(field)) {
                throw SpecException.of(node.path("field"), field, "each vector once");
            }
        }
        long numbers = vectors.stream().mapToLong(FeatureSpec.Dense::length).sum();
        if (numbers > SpecChecks.MAXIMUM_BATCH_NUMBERS) {
            throw SpecException.of("features.dense", numbers + " numbers", "up to 2^26 together");
        }
        return vectors;
    }

    /** The names of the classes imply their number. */
    private static int outputs(SpecNode root, Loss loss, List<String> labels) {
        int minimum = loss.minimumOutputs();
        if (!root.has("outputs") && loss.task() == Task.MULTICLASS && labels.size() >= minimum) {
            return labels.size();
        }
        if (!root.has("outputs") && minimum > 1 && minimum < loss.maximumOutputs()) {
            throw SpecException.of(
                    "outputs",
                    "missing",
                    loss.task().hasClasses() ? "the number of classes, from " + minimum : "a number from " + minimum);
        }
        return root.integer("outputs", minimum, minimum, loss.maximumOutputs());
    }
}
