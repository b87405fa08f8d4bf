package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an error that shows a request which gets an error, too. */
class ExampleRequestIT {
    private final AtomicLong now = new AtomicLong(RunningServer.NOW);
    private final RunningServer server = new RunningServer(
            ServerOptions.of("unused:1").withAddress("127.0.0.1", 0), () -> Instant.ofEpochMilli(now.get()));

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss: mean-squared-error, features: {numeric: [a, b], categorical: [city], cross: [[city, kind]]}",
                "loss: binary-cross-entropy, features: {sparse: [{field: tags, hash: true}], tokens: [words], hashBits: 6}",
                "loss: binary-cross-entropy, features: {numeric: [a, b], missing: mean}",
                "loss: mean-squared-error, features: {numeric: [hour], categorical: [hour], hashBits: 6}",
                "loss: mean-squared-error, features: {time: [{field: at, features: [hour]}, {field: b, features: [day], encoding: cyclic}]}",
                "loss: mean-squared-error, features: {dense: [{field: pixel*, length: 3}, {field: v, length: 2}]}",
                "loss: sparse-categorical-cross-entropy, labels: [x, z], features: {numeric: [a]}, model: {type: mlp, hidden: [4]}",
                "loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4}, features: {dense: [{field: v, length: 2}]}",
                "loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4}, features: {dense: [{field: v, length: 2}], length: used}",
                "loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4}, features: {tokens: [text], hashBits: 4}"
            })
    void the_example_of_an_error_is_answered(String spec) throws Exception {
        server.publish(Published.records(ModelSpec.parse("{name: m, label: y, " + spec + "}"), "", 3, 0.25f, 1));

        for (String path : new String[] {"/v2/models/m/infer", "/v1/models/m:predict"}) {
            HttpResponse<String> invalid = server.post(path, "{}");
            JsonObject example = new JsonObject(invalid.body()).getJsonObject("example");

            assertThat(invalid.statusCode()).isEqualTo(400);
            HttpResponse<String> response = server.post(path, example.encode());
            assertThat(response.statusCode())
                    .as(example + ": " + response.body())
                    .isEqualTo(200);
        }
    }

    @Test
    void numbers_are_the_means_of_what_was_learned_to_four_digits() throws Exception {
        publishLearned(480, 3);

        assertThat(server.post("/v1/models/m:predict", "{\"instances\": [{\"minute\": 1}]}")
                        .body())
                .isEqualTo("{\"error\":\"instances[0].miles: missing (expected: a number)\",\"example\":"
                        + "{\"instances\":[{\"minute\":481.0,\"miles\":1236.0,\"city\":\"text\"}]}}");
        assertThat(server.post("/v2/models/m/infer", "{\"inputs\": []}").body())
                .isEqualTo("{\"error\":\"inputs: empty (expected: a tensor for each field of the model)\",\"example\":"
                        + "{\"inputs\":[{\"name\":\"minute\",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[481.0]},"
                        + "{\"name\":\"miles\",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[1236.0]},"
                        + "{\"name\":\"city\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"text\"]}]}}");
    }

    @Test
    void long_examples_and_those_of_other_errors_are_left_out() throws Exception {
        publish(
                "{name: image, label: y, loss: mean-squared-error, features: {dense: [{field: pixel*, length: 10000}]}}");
        publish("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

        assertThat(error("/v2/models/image/infer", "{}")).containsOnlyKeys("error");
        assertThat(error("/v1/models/image:predict", "{}")).containsOnlyKeys("error");
        assertThat(error(
                        "/v2/models/m/versions/9/infer",
                        "{\"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP64\", \"data\": [1]}]}"))
                .as("404")
                .containsOnlyKeys("error");
    }

    @Test
    void the_description_of_the_api_has_requests_to_the_models_of_this_server() throws Exception {
        assertThat(content("/v2/models/{model}/infer").fieldNames())
                .as("no model")
                .contains("example");

        publish("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
        publish("{name: n, label: y, loss: mean-squared-error, features: {categorical: [city]}}");

        for (String model : new String[] {"m", "n"}) {
            for (String path : new String[] {"/v2/models/{model}/infer", "/v1/models/{model}:predict"}) {
                JsonObject body = content(path)
                        .getJsonObject("examples")
                        .getJsonObject(model)
                        .getJsonObject("value");
                assertThat(server.post(path.replace("{model}", model), body.encode())
                                .statusCode())
                        .as(path + " " + body)
                        .isEqualTo(200);
            }
        }
        server.publish(new SnapshotCodec().delete("m", "", 0));
        assertThat(content("/v2/models/{model}/infer").getJsonObject("examples").fieldNames())
                .containsExactly("n");
    }

    @Test
    void the_description_of_the_api_has_other_means_after_a_minute() throws Exception {
        publishLearned(480, 3);
        assertThat(content("/v1/models/{model}:predict").encode()).contains("\"minute\":481.0");
        publishLearned(20, 5);

        now.addAndGet(59_999);
        assertThat(content("/v1/models/{model}:predict").encode()).contains("\"minute\":481.0");
        now.addAndGet(1);
        assertThat(content("/v1/models/{model}:predict").encode()).contains("\"minute\":22.0");
    }

    /** @param minute of the first sample; later ones are a minute apart */
    private void publishLearned(int minute, int samples) throws Exception {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, loss: mean-squared-error, features: {numeric: [minute, miles], categorical: [city]}}");
        RowLayout layout = RowLayout.of(List.of(spec));
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        Row row = new Row(layout);
        for (int i = 0; i < samples; i++) {
            row.clear();
            row.number(layout.number("minute"), minute + i);
            row.number(layout.number("miles"), 1234.56 + i);
            row.number(layout.number("y"), i);
            row.copyText(layout.text("city"), "Rome");
            learner.learn(state, new FeatureEncoder(spec, layout).encode(row, 0, i));
        }
        server.publish(new SnapshotCodec().write(learner.snapshot(state, ""), "freshet.samples", samples, "0.1.0"));
    }

    private JsonObject content(String path) throws Exception {
        return server.json("/v2/openapi.json")
                .getJsonObject("paths")
                .getJsonObject(path)
                .getJsonObject("post")
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json");
    }

    private void publish(String spec) {
        server.publish(Published.records(ModelSpec.parse(spec), "", 3, 0.25f, 1));
    }

    private Map<String, Object> error(String path, String body) throws Exception {
        return new JsonObject(server.post(path, body).body()).getMap();
    }
}
