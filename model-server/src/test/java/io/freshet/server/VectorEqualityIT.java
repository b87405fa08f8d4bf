package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * For vectors, the server's predictions equal the trainer's, bit for bit, for every kind of model and output. A row in
 * a batch is predicted within 1e-6 of the same row alone.
 *
 * <p>Would catch vector values in the wrong order or scale, dense vectors not standardized, and rows or outputs mixed
 * up.
 */
class VectorEqualityIT {
    private static final int SAMPLES = 60;
    private static final int LENGTH = 20;
    private static final long SEED = 20260102;
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
    @ValueSource(
            strings = {
                "name: pair, label: [y, z], outputs: 2, loss: mean-squared-error",
                "name: counts, label: [y, z], outputs: 2, loss: poisson, model: {type: mlp, hidden: [5]}",
                "name: labels, label: y, outputs: 3, loss: binary-cross-entropy, model: {type: mlp, hidden: [16, 8]}",
                "name: margin, label: y, loss: hinge",
                "name: mask, label: y, outputs: 9, loss: dice, model: {type: mlp, hidden: [16], activation: gelu}",
                "name: box, label: y, outputs: 4, loss: generalized-box-iou, model: {type: mlp, hidden: [8]}",
                "name: digits, label: y, outputs: 10, loss: sparse-categorical-cross-entropy,"
                        + " model: {type: mlp, hidden: [32, 16], dropout: 0.5}"
            })
    void predictions_equal_those_of_the_learner(String head) throws Exception {
        ModelSpec spec = ModelSpec.parse("""
                {%s, features: {numeric: [a], dense: [{field: pixel*, length: %d, divide: 255, standardize: true},
                 {field: raw, length: 2}]}, optimizer: {type: rmsprop, learningRate: 0.01}}
                """.formatted(head, LENGTH));
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        Random random = new Random(SEED);
        Row fields = new Row(layout);
        Request batch = new Request();
        for (int i = 0; i < SAMPLES; i++) {
            Request single = new Request();
            fields.clear();
            double a = random.nextGaussian();
            fields.number(layout.number("a"), a);
            single.a.add(a);
            batch.a.add(a);
            float[] pixels = fields.vector(layout.vector("pixel*"), LENGTH);
            for (int p = 0; p < LENGTH; p++) {
                pixels[p] = random.nextInt(256);
                single.pixel.add((int) pixels[p]);
                batch.pixel.add((int) pixels[p]);
            }
            float[] raw = fields.vector(layout.vector("raw"), 2);
            for (int p = 0; p < 2; p++) {
                raw[p] = random.nextFloat() - 0.5f;
                single.raw.add(raw[p]);
                batch.raw.add(raw[p]);
            }
            label(spec, fields, layout, random);

            server.publish(new SnapshotCodec().write(learner.snapshot(state, ""), "freshet.samples", i, "0.1.0"));
            JsonArray served = single.infer(spec.name());
            if (i == SAMPLES - 1) {
                JsonArray batched = batch.infer(spec.name());
                assertThat(batched).hasSize(SAMPLES * served.size());
                for (int k = 0; k < served.size(); k++) {
                    int last = (SAMPLES - 1) * served.size() + k;
                    assertThat(batched.getDouble(last))
                            .isCloseTo(served.getDouble(k), within(1e-6 * Math.max(1, Math.abs(served.getDouble(k)))));
                }
            }
            learner.learn(state, encoder.encode(fields, 0, i));
            assertThat(learner.rejections().count()).isZero();

            float[] expected = learner.lastPrediction();
            assertThat(served).hasSize(expected.length);
            for (int k = 0; k < expected.length; k++) {
                assertThat(Float.floatToRawIntBits((float) (double) served.getDouble(k)))
                        .as("seed %d, sample %d, output %d", SEED, i, k)
                        .isEqualTo(Float.floatToRawIntBits(expected[k]));
            }
        }
    }

    private static void label(ModelSpec spec, Row fields, RowLayout layout, Random random) {
        Task task = spec.loss().task();
        float[] label = new float[spec.labelLength()];
        for (int k = 0; k < label.length; k++) {
            label[k] = switch (task) {
                case MULTICLASS -> random.nextInt(spec.outputs());
                case BOX -> k + random.nextFloat();
                default -> random.nextInt(2);
            };
        }
        if (spec.fields().labelIsVector()) {
            System.arraycopy(label, 0, fields.vector(layout.vector(spec.label()), label.length), 0, label.length);
            return;
        }
        for (int k = 0; k < label.length; k++) {
            fields.number(layout.number(spec.fields().label().get(k)), label[k]);
        }
    }

    /** The tensors of a request, to which rows are added. */
    private static final class Request {
        private final JsonArray a = new JsonArray();
        private final JsonArray pixel = new JsonArray();
        private final JsonArray raw = new JsonArray();

        /** Returns the data of the first output. */
        JsonArray infer(String model) throws Exception {
            JsonArray inputs = new JsonArray()
                    .add(tensor("raw", "FP32", raw, 2))
                    .add(tensor("a", "FP64", a, 1))
                    .add(tensor("pixel", "UINT8", pixel, LENGTH));
            return server.infer(model, new JsonObject().put("inputs", inputs).encode())
                    .getJsonArray("outputs")
                    .getJsonObject(0)
                    .getJsonArray("data");
        }

        private static JsonObject tensor(String name, String datatype, JsonArray data, int width) {
            return new JsonObject()
                    .put("name", name)
                    .put("datatype", datatype)
                    .put("shape", new JsonArray().add(data.size() / width).add(width))
                    .put("data", data);
        }
    }
}
