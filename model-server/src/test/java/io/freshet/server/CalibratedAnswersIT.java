package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Would catch a server that answers with the share of positives that a model learned, instead of their probability. */
class CalibratedAnswersIT {
    private static final double LATE = 0.4;
    private static final ModelSpec SPEC = ModelSpec.parse("{name: ads, label: y, loss: binary-cross-entropy,"
            + " features: {numeric: [x], standardize: false},"
            + " join: {within: 1h, after: 0, delayed: {type: calibrated, late: " + LATE + "}}}");
    private static RunningServer server;
    private static float[] parameters;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer();
        Snapshot snapshot = Published.snapshot(SPEC, "", 3, 0);
        parameters = snapshot.parameters();
        parameters[0] = -0.5f;
        parameters[1] = 0.75f;
        server.publish(new SnapshotCodec().write(snapshot, "freshet.samples", 1, "0.1.0"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void answers_and_classes_are_those_of_the_calibrated_probability() throws Exception {
        for (double x : new double[] {-2, 0, 0.9, 1.1, 4}) {
            double b = 1 / (1 + Math.exp(0.5 - 0.75 * x));
            double p = LATE * b < 1 ? Math.min(1, b / (1 - LATE * b)) : 1;
            JsonArray outputs = infer(x, "");
            assertThat(data(outputs, "prediction").getDouble(0)).isCloseTo(p, within(1e-6));
            assertThat(data(outputs, "class").getInteger(0)).isEqualTo(p >= 0.5 ? 1 : 0);
        }
    }

    @Test
    void contributions_sum_to_the_logit_of_the_answer() throws Exception {
        JsonArray outputs = infer(0.5, "\"parameters\": {\"explain\": true}, ");

        double p = data(outputs, "prediction").getDouble(0);
        JsonObject contributions = new JsonObject(data(outputs, "contributions").getString(0));
        assertThat(contributions.fieldNames()).containsExactlyInAnyOrder("x", "bias", "calibration");
        double logit = contributions.stream()
                .mapToDouble(each -> ((Number) each.getValue()).doubleValue())
                .sum();
        assertThat(logit).isCloseTo(Math.log(p / (1 - p)), within(1e-5));
    }

    private static JsonArray infer(double x, String parameters) throws Exception {
        String body = "{" + parameters + "\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1],"
                + " \"data\": [" + x + "]}]}";
        return server.infer("ads", body).getJsonArray("outputs");
    }

    private static JsonArray data(JsonArray outputs, String name) {
        return outputs.stream()
                .map(JsonObject.class::cast)
                .filter(output -> output.getString("name").equals(name))
                .findFirst()
                .orElseThrow()
                .getJsonArray("data");
    }
}
