package io.freshet.learning.spec;

import io.freshet.learning.features.Moments;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.spec.feature.MissingSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a specification as a document, including all defaults; {@link SpecReader} reads back an equal specification. */
final class SpecWriter {
    private static final String MISSING = "missing";

    private SpecWriter() {}

    static Map<String, Object> write(ModelSpec spec) {
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
        root.put("clamp", spec.clamps() ? SpecReader.LABELS : "none");
        root.put("seed", spec.seed());
        root.put("publish", spec.publish().write());
        root.put("evaluation", spec.reporting().writeEvaluation());
        root.put("watch", spec.watch().write());
        spec.stream().write(root, spec.labels());
        return root;
    }

    private static Map<String, Object> typed(String type, Map<String, ?> hyperparameters) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", type);
        map.putAll(hyperparameters);
        return map;
    }

    /** Copies every list: a list that occurs twice, such as the empty list, would become a YAML anchor and an alias. */
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
        List<Map<String, Object>> sparse = new ArrayList<>();
        for (FeatureSpec.Sparse vector : from.hashedFeatures().sparse()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("field", vector.field());
            fields.put("hash", vector.hash());
            sparse.add(fields);
        }
        features.put("sparse", sparse);
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
        if (!from.times().isEmpty()) {
            List<Map<String, Object>> times = new ArrayList<>();
            from.times().forEach(time -> times.add(time.write()));
            features.put("time", times);
        }
        if (!from.missing().equals(MissingSpec.REJECT)) {
            features.put(MISSING, from.missing().write());
        }
        return features;
    }

    /** Returns the features without what no state depends on: the texts that stand for a missing value. */
    static Map<String, Object> stateFeatures(FeatureSpec from) {
        Map<String, Object> features = features(from);
        features.computeIfPresent(
                MISSING, (name, all) -> from.missing().withoutValues().write());
        return features;
    }
}
