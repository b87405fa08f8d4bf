package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions with the label shadow: catches one that answers a request, or fails it. */
class ShadowIT {
    private static final ModelSpec M = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec WIDER = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a, b], standardize: false}}");
    private static final String A = tensor("a", "[1]", "FP64", "[0]");
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(10_000, 8 << 20)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_shadow_predicts_without_answering_and_its_difference_is_measured() throws Exception {
        server.publish(M, 1, 3);
        server.label("m", "shadow", "{\"version\": \"1\"}");

        for (int i = 0; i < 5; i++) {
            assertThat(infer("/v2/models/m")).isEqualTo("3 stable");
        }
        infer("/v2/models/m/versions/3");

        await().untilAsserted(() -> assertThat(server.scrape())
                .contains(
                        "freshet_shadow_requests_total{model=\"m\",result=\"predicted\"} 5.0",
                        "freshet_shadow_difference_count{model=\"m\"} 5",
                        "freshet_shadow_difference_sum{model=\"m\"} 10.0",
                        "freshet_shadow_requests_total{model=\"m\",result=\"failed\"} 0.0"));
    }

    @Test
    void a_shadow_that_cannot_predict_a_request_is_counted_and_the_answer_is_not_affected() throws Exception {
        server.publish(M, 1);
        server.publish(Published.records(WIDER, "", 2, 2, 2));
        server.label("m", "stable", "{\"version\": \"1\"}");
        server.label("m", "shadow", "{\"version\": \"newest\"}");

        assertThat(infer("/v2/models/m")).isEqualTo("1 stable");

        await().untilAsserted(() -> assertThat(server.scrape())
                .contains("freshet_shadow_requests_total{model=\"m\",result=\"failed\"} 1.0"));
    }

    @Test
    void a_request_that_needs_too_much_memory_to_wait_for_the_shadow_is_dropped() throws Exception {
        ModelSpec vectors =
                ModelSpec.parse("{name: v, label: y, loss: mean-squared-error, features: {dense: [{field: x,"
                        + " length: 250}], standardize: false}}");
        server.publish(vectors, 1);
        server.label("v", "shadow", "{\"version\": \"1\"}");

        server.infer("v", inputs(tensor("x", "[10000, 250]", "FP32", "[" + "0,".repeat(2_499_999) + "0]")));

        assertThat(server.scrape()).contains("freshet_shadow_requests_total{model=\"v\",result=\"dropped\"} 1.0");
    }

    private String infer(String path) throws Exception {
        HttpResponse<String> response = server.post(path + "/infer", inputs(A));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonObject answer = new JsonObject(response.body());
        return answer.getString("model_version") + " "
                + answer.getJsonObject("parameters").getString("version_label");
    }
}
