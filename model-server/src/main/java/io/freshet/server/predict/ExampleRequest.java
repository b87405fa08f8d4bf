package io.freshet.server.predict;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.request.Datatype;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A valid request of one row to a model, for messages and descriptions. Numbers are the running means of the parameters, as
 * far as these have them, and otherwise 0; keys and categories are not real ones.
 */
public final class ExampleRequest {
    private static final MathContext DIGITS = new MathContext(4);
    private static final String TEXT = "text";
    private static final String TIME = "2030-01-31T12:00:00Z";
    private static final String PAIR = "0:1";
    /** A longer request is no help in a message. */
    private static final int MAXIMUM_CHARACTERS = 2_000;

    private final List<Value> values = new ArrayList<>();

    /**
     * The value of a field.
     *
     * @param dimensions those of the tensor, without the rows
     * @param data the numbers or texts, row-major
     */
    private record Value(String name, Datatype datatype, List<Integer> dimensions, List<?> data) {
        Object instance() {
            return dimensions.isEmpty()
                    ? data.get(0)
                    : dimensions.size() == 1 ? new JsonArray(data) : new JsonArray(List.of(new JsonArray(data)));
        }
    }

    private ExampleRequest(ServedSpec served, @Nullable ParameterSet set) {
        ModelSpec spec = served.spec();
        RequestFields fields = served.fields();
        for (RequestFields.Field field : fields.numbers()) {
            add(field.name(), Datatype.FP64, number(spec, field.name(), set));
        }
        for (RequestFields.Field field : fields.texts()) {
            add(field.name(), Datatype.BYTES, text(spec, field.name(), set));
        }
        for (FeatureSpec.Dense vector : spec.features().dense()) {
            List<Integer> dimensions =
                    spec.model().steps() > 0 ? List.of(1, vector.length()) : List.of(vector.length());
            values.add(new Value(
                    RowLayout.wireName(vector.field()),
                    Datatype.FP32,
                    dimensions,
                    Collections.nCopies(vector.length(), 0)));
        }
    }

    /** Returns an example for what a model serves. */
    public static ExampleRequest of(ServedModel model) {
        return of(model, null);
    }

    /** @param version a version, a label, or null */
    public static ExampleRequest of(ServedModel model, @Nullable String version) {
        ParameterSet set = model.spec().isKeyed() ? null : version == null ? model.set("") : model.set("", version);
        return new ExampleRequest(set == null ? model.spec() : set.served(), set);
    }

    private void add(String name, Datatype datatype, Object value) {
        values.add(new Value(name, datatype, List.of(), List.of(value)));
    }

    private static Object number(ModelSpec spec, String field, @Nullable ParameterSet set) {
        if (field.equals(spec.features().length())) {
            return 1;
        }
        int place = spec.features().numeric().indexOf(field);
        Standardizer standardizer = spec.features().standardizer();
        double mean =
                set == null || place < 0 ? 0 : standardizer.mean(set.snapshot().moments(), place);
        return Double.isFinite(mean) ? new BigDecimal(mean).round(DIGITS).doubleValue() : 0.0;
    }

    private static String text(ModelSpec spec, String field, @Nullable ParameterSet set) {
        if (spec.inputNumberFields().contains(field)) {
            return number(spec, field, set).toString();
        }
        return spec.timeFields().contains(field) ? TIME : spec.sparseFields().contains(field) ? PAIR : TEXT;
    }

    /** Returns the body of a request of the Open Inference Protocol, or null if it would be long. */
    public @Nullable JsonObject tensors() {
        JsonArray inputs = new JsonArray();
        for (Value value : values) {
            JsonArray shape = new JsonArray().add(1);
            value.dimensions.forEach(shape::add);
            inputs.add(new JsonObject()
                    .put("name", value.name)
                    .put("datatype", value.datatype.name())
                    .put("shape", shape)
                    .put("data", new JsonArray(value.data)));
        }
        return shortOrNull(new JsonObject().put("inputs", inputs));
    }

    /** Returns the body of a request of the V1 protocol, or null if it would be long. */
    public @Nullable JsonObject instances() {
        JsonObject instance = new JsonObject();
        for (Value value : values) {
            if (!instance.containsKey(value.name)) {
                instance.put(value.name, value.instance());
            }
        }
        return shortOrNull(new JsonObject().put("instances", new JsonArray().add(instance)));
    }

    private @Nullable JsonObject shortOrNull(JsonObject body) {
        // Each number of a vector takes two characters or more.
        return values.stream().mapToInt(value -> value.data.size()).sum() <= MAXIMUM_CHARACTERS
                        && body.encode().length() <= MAXIMUM_CHARACTERS
                ? body
                : null;
    }
}
