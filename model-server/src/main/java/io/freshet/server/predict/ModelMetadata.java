package io.freshet.server.predict;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.loop.LatestJoin;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.request.Datatype;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A model's metadata as JSON: inputs, outputs, and training progress. */
public final class ModelMetadata {
    private ModelMetadata() {}

    /** Returns the metadata of a model without a key, or of one key of a keyed model. */
    public static JsonObject of(ServedModel model, ParameterSet set, ModelConditions conditions, long now) {
        JsonObject properties = properties(set);
        putFreshness(properties, model, set.watermark(), conditions, now);
        if (set.served().isKeyed()) {
            properties.put("key", set.snapshot().key()).put("keys", Integer.toString(model.keys()));
        }
        JsonObject labels = VersionList.labels(model, set.snapshot().key());
        if (!labels.isEmpty()) {
            properties.put("version_labels", labels.encode());
        }
        List<String> versions = model.versions(set.snapshot().key()).stream()
                .map(version -> Long.toString(version.version()))
                .distinct()
                .toList();
        return metadata(model.name(), set.served(), versions, properties);
    }

    /** Returns the metadata of all keys together. It lists no versions, because each key has its own. */
    public static JsonObject ofAllKeys(ServedModel model, ModelConditions conditions, long now) {
        ServedSpec served = model.spec();
        JsonObject properties = new JsonObject()
                .put("samples_learned", Long.toString(model.samples()))
                .put("keys", Integer.toString(model.keys()))
                .put("spec_hash", served.hash())
                .put("parameters", Long.toString(model.parameterBytes() / Float.BYTES));
        if (model.publishedAt() > 0) {
            properties.put(
                    "published_at", Instant.ofEpochMilli(model.publishedAt()).toString());
        }
        putFreshness(properties, model, model.watermark(), conditions, now);
        putSpec(properties, served.spec());
        return metadata(model.name(), served, List.of(), properties);
    }

    private static JsonObject properties(ParameterSet set) {
        String version = Long.toString(set.version());
        JsonObject properties = new JsonObject()
                .put("version", version)
                .put("samples_learned", version)
                .put("updates", Long.toString(set.snapshot().updates()))
                .put("spec_hash", set.served().hash())
                .put("parameters", Integer.toString(set.snapshot().values().length()))
                .put("checksum", FloatBytes.checksumText(set.published().checksum()))
                .put("freshet", set.published().freshet())
                .put("offsets", set.offsets())
                .put("incarnation", set.incarnation());
        if (set.isPublished()) {
            properties.put(
                    "published_at",
                    Instant.ofEpochMilli(set.published().publishedAt()).toString());
        }
        putSpec(properties, set.served().spec());
        putMetrics(properties, set.metrics());
        return properties;
    }

    private static JsonObject metadata(String name, ServedSpec served, List<String> versions, JsonObject properties) {
        ModelSpec spec = served.spec();
        JsonArray inputs = new JsonArray();
        spec.inputNumberFields().forEach(field -> inputs.add(tensor(field, Datatype.FP64, List.of(-1))));
        spec.inputTextFields().forEach(field -> inputs.add(tensor(field, Datatype.BYTES, List.of(-1))));
        boolean sequence = spec.model().steps() > 0;
        spec.features()
                .dense()
                .forEach(vector -> inputs.add(tensor(
                        RowLayout.wireName(vector.field()),
                        Datatype.FP32,
                        sequence ? List.of(-1, -1, vector.length()) : List.of(-1, vector.length()))));
        JsonArray outputs = new JsonArray();
        ModelOutput.of(served)
                .forEach(output ->
                        outputs.add(tensor(output.label(), output.datatype(spec), output.shape(spec, -1, -1))));
        return new JsonObject()
                .put("name", name)
                .put("versions", new JsonArray(versions))
                .put("platform", "freshet_" + spec.model().name().replace('-', '_'))
                .put("inputs", inputs)
                .put("outputs", outputs)
                .put("properties", properties);
    }

    private static JsonObject tensor(String name, Datatype datatype, List<Integer> shape) {
        return new JsonObject()
                .put("name", name)
                .put("datatype", datatype.name())
                .put("shape", new JsonArray(shape));
    }

    private static void putFreshness(
            JsonObject properties, ServedModel model, long watermark, ModelConditions conditions, long now) {
        Condition condition = conditions.of(model.name(), now);
        properties.put("state", condition.state().text());
        if (condition.since() != null) {
            properties.put(
                    "state_since", Instant.ofEpochMilli(condition.since()).toString());
        }
        if (condition.behind() != null) {
            properties.put("records_behind", Long.toString(condition.behind()));
        }
        if (watermark != Long.MIN_VALUE) {
            properties
                    .put("watermark", Instant.ofEpochMilli(watermark).toString())
                    .put(
                            "age_seconds",
                            Double.toString(conditions.ageSeconds(model.spec().spec(), watermark, now)));
        }
        putServedLoss(properties, conditions.join(model.name()));
    }

    private static void putServedLoss(JsonObject properties, @Nullable LatestJoin join) {
        Double served = join == null ? null : join.servedLoss();
        Double expected = join == null ? null : join.expectedLoss();
        if (served != null) {
            properties.put("served_loss", Double.toString(served));
        }
        if (expected != null) {
            properties.put("served_expected_loss", Double.toString(expected));
        }
    }

    private static void putSpec(JsonObject properties, ModelSpec spec) {
        properties
                .put("label", spec.label())
                .put("loss_function", spec.loss().name())
                .put("optimizer", spec.optimizer().name())
                .put("layers", layers(spec));
        if (!spec.labels().isEmpty()) {
            properties.put("labels", new JsonArray(spec.labels()).encode());
        }
        if (spec.model().steps() > 0) {
            properties.put("steps", Integer.toString(spec.model().steps()));
        }
        if (spec.key() != null) {
            properties.put("key_field", spec.key());
        }
        if (!spec.optionalInputs().isEmpty()) {
            properties.put("optional_inputs", String.join(",", spec.optionalInputs()));
        }
    }

    /** Returns the parameter count of each layer: {@code dense1.weights 784x512=401408, ...}. */
    private static String layers(ModelSpec spec) {
        return spec.model().layers(spec.inputShape(), spec.outputs()).stream()
                .map(layer -> layer.name() + " " + layer.rows() + "x" + layer.columns() + "=" + layer.count())
                .collect(Collectors.joining(", "));
    }

    private static void putMetrics(JsonObject properties, @Nullable Metrics metrics) {
        for (Metric metric : Metric.values()) {
            Double value = metrics == null ? null : metrics.get(metric);
            if (value != null) {
                properties.put(metric.key(), Double.toString(value));
            }
        }
    }
}
