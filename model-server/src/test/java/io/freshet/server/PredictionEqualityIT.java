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
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * For the same sample and state, the server's prediction equals the trainer's, bit for bit.
 *
 * <p>Would catch features encoded differently than in training, statistics updated on one side only, and parameters or
 * predictions rounded on the wire.
 */
class PredictionEqualityIT {
    private static final int SAMPLES = 300;
    private static final long SEED = 20260101;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: numbers, loss: mean-squared-error                              | 1e6
                    name: clicks,  loss: binary-cross-entropy                            | 1
                    name: kinds,   loss: sparse-categorical-cross-entropy, outputs: 5    | 1
                    """)
    void predictions_equal_those_of_the_learner(String head, double scale) throws Exception {
        ModelSpec spec = ModelSpec.parse("""
                {%s, label: y, weight: w,
                 features: {numeric: [a, b, c], categorical: [city], cross: [[city, kind]], sparse: [tags, {field: ids, hash: true}, more], hashBits: 5},
                 optimizer: {type: rmsprop, learningRate: 0.05}}
                """.formatted(head));
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        Random random = new Random(SEED);
        Row fields = new Row(layout);
        for (int i = 0; i < SAMPLES; i++) {
            double a = random.nextGaussian() * scale;
            double b = random.nextFloat();
            int c = random.nextInt(1000) - 500;
            String city = "città " + random.nextInt(7);
            String kind = "k" + random.nextInt(3);
            String tags = random.nextInt(50) + ":" + random.nextDouble() + " " + random.nextInt(50) + ":2";
            fields.clear();
            fields.number(layout.number("a"), a);
            fields.number(layout.number("b"), b);
            fields.number(layout.number("c"), c);
            fields.number(layout.number("w"), 1 + random.nextInt(2));
            fields.number(layout.number("y"), label(spec, random, a));
            fields.copyText(layout.text("city"), city);
            fields.copyText(layout.text("kind"), kind);
            String ids = (random.nextInt() >>> 1) + ":1";
            fields.copyText(layout.text("tags"), tags);
            fields.copyText(layout.text("ids"), ids);
            fields.copyText(layout.text("more"), "7:0.5");

            server.publish(new SnapshotCodec().write(learner.snapshot(state, ""), "freshet.samples", i, "0.1.0"));
            JsonObject response = server.infer(
                    spec.name(),
                    new JsonObject()
                            .put(
                                    "inputs",
                                    new JsonArray()
                                            .add(tensor("a", "FP64", a))
                                            .add(tensor("b", "FP32", b))
                                            .add(tensor("c", "INT16", c))
                                            .add(tensor("city", "BYTES", city))
                                            .add(tensor("kind", "BYTES", kind))
                                            .add(tensor("tags", "BYTES", tags))
                                            .add(tensor("ids", "BYTES", ids))
                                            .add(tensor("more", "BYTES", "7:0.5")))
                            .encode());
            learner.learn(state, encoder.encode(fields, 0, i));
            assertThat(learner.rejections().count()).isZero();

            JsonArray served = response.getJsonArray("outputs").getJsonObject(0).getJsonArray("data");
            float[] expected = learner.lastPrediction();
            assertThat(response.getString("model_version")).isEqualTo(Integer.toString(i));
            assertThat(served).hasSize(expected.length);
            for (int k = 0; k < expected.length; k++) {
                // Parsed as a double first, as most clients do.
                assertThat(Float.floatToRawIntBits((float) (double) served.getDouble(k)))
                        .as("seed %d, sample %d, output %d", SEED, i, k)
                        .isEqualTo(Float.floatToRawIntBits(expected[k]));
            }
        }
    }

    private static double label(ModelSpec spec, Random random, double a) {
        return switch (spec.loss().task()) {
            case REGRESSION -> 3 * a + 1e7;
            case BINARY -> random.nextInt(2);
            case MULTICLASS -> random.nextInt(spec.outputs());
            default -> throw new IllegalStateException("no label for " + spec.loss());
        };
    }

    private static JsonObject tensor(String name, String datatype, Object value) {
        return new JsonObject()
                .put("name", name)
                .put("datatype", datatype)
                .put("shape", new JsonArray().add(1))
                .put("data", new JsonArray().add(value));
    }
}
