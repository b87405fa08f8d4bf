package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a server that fills in another value than the trainer did, and one that accepts null for a required input. */
class MissingInputsIT {
    private static final int SAMPLES = 200;
    private static final long SEED = 20261203;
    private static final List<String> WORDS = List.of("NA", "nan", "null", "None", "?", "-", "");
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A missing number is null, a word for it, or left out, in turn; a missing text is null or left out. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "indicator",
                "mean, standardize: {decay: 0.9}",
                "mean, standardize: false",
                "{default: zero, fields: {b: indicator}}, standardize: false"
            })
    void predictions_equal_those_of_the_learner(String missing) throws Exception {
        ModelSpec spec = ModelSpec.parse(
                "{name: gaps" + missing.length() + ", label: y, loss: mean-squared-error, features: {numeric: [a, b],"
                        + " categorical: [city], cross: [[city, kind]], hashBits: 10, missing: " + missing + "}}");
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        Row row = new Row(layout);
        for (int i = 0; i < SAMPLES; i++) {
            row.clear();
            row.number(layout.number("y"), random.nextDouble());
            JsonArray inputs = new JsonArray();
            for (String name : List.of("a", "b")) {
                Double value = random.nextInt(3) == 0 ? null : (Double) random.nextDouble(5, 6);
                if (value != null) {
                    row.number(layout.number(name), value);
                }
                add(inputs, name, "FP64", value == null && i % 3 == 0 ? WORDS.get(i % WORDS.size()) : value, i);
            }
            for (String name : List.of("city", "kind")) {
                String value = random.nextBoolean() ? null : "c" + random.nextInt(4);
                if (value != null) {
                    row.copyText(layout.text(name), value);
                }
                add(inputs, name, "BYTES", value, i);
            }
            if (inputs.isEmpty()) {
                continue;
            }
            server.publish(new SnapshotCodec().write(learner.snapshot(state, ""), "freshet.samples", i, "0.1.0"));
            JsonObject response = server.infer(
                    spec.name(), new JsonObject().put("inputs", inputs).encode());
            learner.learn(state, encoder.encode(row, 0, i));
            double served = response.getJsonArray("outputs")
                    .getJsonObject(0)
                    .getJsonArray("data")
                    .getDouble(0);
            assertThat((float) served).as("seed %d, sample %d", SEED, i).isEqualTo(learner.lastPrediction()[0]);
        }
    }

    @Test
    void the_key_and_required_features_must_not_be_null() throws Exception {
        ModelSpec spec =
                ModelSpec.parse("{name: keyed, label: y, key: shop, loss: mean-squared-error, features: {numeric:"
                        + " [a, b], categorical: [shop], missing: {default: mean, fields: {b: reject}}}}");
        server.publish(Published.records(spec, "S1", 3, 0.5f, 1));

        assertThat(error(null, 1, "S1")).isEmpty();
        assertThat(error("NA", 1, "S1")).isEmpty();
        assertThat(error("x", 1, "S1")).isEqualTo("row 0: a: \"x\" (expected: a number)");
        assertThat(error(1, "NA", "S1")).isEqualTo("b.data[0]: \"NA\" (expected: a number (FP64))");
        assertThat(error(1, 1, null)).isEqualTo("shop.data[0]: null (expected: a string (BYTES))");
        assertThat(error(1, null, "S1")).isEqualTo("b.data[0]: null (expected: a number (FP64))");
        JsonObject metadata =
                new JsonObject(server.get("/v2/models/keyed?key=S1").body());
        assertThat(metadata.getJsonObject("properties").getString("optional_inputs"))
                .isEqualTo("a");
    }

    private static String error(Object a, Object b, Object shop) throws Exception {
        JsonArray inputs = new JsonArray();
        add(inputs, "a", "FP64", a, 0);
        add(inputs, "b", "FP64", b, 0);
        add(inputs, "shop", "BYTES", shop, 0);
        String body = new JsonObject().put("inputs", inputs).encode();
        return new JsonObject(server.post("/v2/models/keyed/infer", body).body()).getString("error", "");
    }

    private static void add(JsonArray inputs, String name, String datatype, Object value, int i) {
        if (value != null || i % 2 == 0) {
            inputs.add(new JsonObject()
                    .put("name", name)
                    .put("datatype", datatype)
                    .put("shape", new JsonArray().add(1))
                    .put("data", new JsonArray().add(value)));
        }
    }
}
