package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Would catch a request whose time is read in another zone than in training, and a model with a time that cannot be served. */
class TimeInputsIT {
    private static final long MILLIS = 1_911_768_300_000L;
    private static final ModelSpec SPEC = ModelSpec.parse("{name: times, label: y, loss: mean-squared-error, features:"
            + " {time: [{field: at, features: [hour, day], zone: Europe/Zurich}, {field: since, features: [month],"
            + " encoding: cyclic}], missing: {fields: {since: indicator}}}}");
    private static RunningServer server;
    private static float expected;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer();
        Snapshot snapshot = Published.snapshot(SPEC, "", 3, 0);
        for (int i = 0; i < snapshot.parameters().length; i++) {
            snapshot.parameters()[i] = (float) Math.sin(i);
        }
        server.publish(new SnapshotCodec().write(snapshot, "freshet.samples", 1, "0.1.0"));
        RowLayout layout = RowLayout.of(List.of(SPEC));
        Row row = new Row(layout);
        row.clear();
        row.number(layout.number("at"), MILLIS);
        expected = new Predictor(snapshot).predict(new FeatureEncoder(SPEC, layout).encodeFeatures(row))[0];
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void numbers_and_texts_are_the_same_time_as_in_training() throws Exception {
        assertThat(predict("INT64", Long.toString(MILLIS))).isEqualTo(expected);
        assertThat(predict("FP64", MILLIS + ".0")).isEqualTo(expected);
        assertThat(predict("BYTES", "\"" + MILLIS + "\"")).isEqualTo(expected);
        assertThat(predict("BYTES", "\"2030-07-31T22:45:00Z\"")).isEqualTo(expected);
        assertThat(predict("BYTES", "\"2030-08-01 00:45\"")).isEqualTo(expected);
        assertThat(predict("BYTES", "\"2030-08-01 01:45\"")).isNotEqualTo(expected);
    }

    @Test
    void a_text_that_is_no_time_and_a_missing_time_are_rejected() throws Exception {
        assertThat(error(body("BYTES", "\"noon\"")))
                .isEqualTo("row 0: at: noon (expected: milliseconds since 1970, or a time as 2030-01-31T12:00:00Z)");
        assertThat(error(body("BYTES", "null"))).isEqualTo("at.data[0]: null (expected: a string (BYTES))");
        assertThat(error(body("BYTES", "\"2030-08-01\"").replace("\"at\"", "\"since\"")))
                .isEqualTo("inputs.at: missing (expected: a string (BYTES))");
    }

    private static float predict(String datatype, String value) throws Exception {
        return (float) (double) server.infer("times", body(datatype, value))
                .getJsonArray("outputs")
                .getJsonObject(0)
                .getJsonArray("data")
                .getDouble(0);
    }

    private static String error(String body) throws Exception {
        return new JsonObject(server.post("/v2/models/times/infer", body).body()).getString("error", "");
    }

    private static String body(String datatype, String value) {
        return "{\"inputs\": [{\"name\": \"at\", \"datatype\": \"" + datatype + "\", \"shape\": [1], \"data\": ["
                + value + "]}]}";
    }
}
