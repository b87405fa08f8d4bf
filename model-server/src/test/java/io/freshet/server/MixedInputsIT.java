package io.freshet.server;

import static io.freshet.server.GrpcRequests.fp64;
import static io.freshet.server.GrpcRequests.input;
import static io.freshet.server.GrpcRequests.request;
import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferResponse;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a canary or shadow with other features that no request fits: a client does not know which version answers. */
class MixedInputsIT {
    private static final String SPEC =
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [%s], standardize: false}}";
    private static final ModelSpec NARROW = ModelSpec.parse(SPEC.formatted("a"));
    private static final ModelSpec WIDE = ModelSpec.parse(SPEC.formatted("a, b"));
    private static final String A = tensor("a", "[1]", "FP64", "[0]");
    private static final String B = tensor("b", "[1]", "FP64", "[0]");
    private static final String C = tensor("c", "[1]", "FP64", "[0]");
    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        server = new RunningServer();
        server.publish(NARROW, 1);
        server.publish(WIDE, 2);
        server.label("m", "stable", "{\"version\": \"1\"}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_request_may_have_the_inputs_of_each_version_that_could_answer(int traffic) throws Exception {
        server.label("m", "canary", "{\"version\": \"2\", \"traffic\": " + traffic + "}");

        String version = traffic == 0 ? "1" : "2";
        assertThat(server.infer("m", inputs(A, B)).getString("model_version")).isEqualTo(version);
        assertThat(instances("/v1/models/m", "{\"a\":0,\"b\":0}").body())
                .contains("\"model_version\":\"" + version + "\"");
        assertThat(grpc(request("m")
                                .addInputs(input("a", "FP64", 1).setContents(fp64(1)))
                                .addInputs(input("b", "FP64", 1).setContents(fp64(1))))
                        .getModelVersion())
                .isEqualTo(version);
        assertThat(server.post("/v2/models/m/infer", inputs(A, B, C)).body()).contains("inputs: c (expected: ");
    }

    @Test
    void a_row_needs_the_inputs_of_the_version_that_predicts_it() throws Exception {
        server.label("m", "canary", "{\"version\": \"2\", \"traffic\": 1}");

        assertThat(server.post("/v2/models/m/infer", inputs(A)).body()).contains("inputs.b: missing");
        assertThat(instances("/v1/models/m", "{\"a\":0}").body()).contains("b: missing");
    }

    @Test
    void a_request_that_names_a_version_has_its_inputs_only() throws Exception {
        server.label("m", "canary", "{\"version\": \"2\", \"traffic\": 1}");

        assertThat(server.post("/v2/models/m/versions/1/infer", inputs(A, B)).body())
                .contains("inputs: b (expected: a?)");
        assertThat(instances("/v1/models/m/versions/1", "{\"a\":0,\"b\":0}").body())
                .contains("instances[0]: b (expected: a?)");
    }

    @Test
    void a_shadow_with_more_inputs_predicts_the_requests_that_have_them() throws Exception {
        server.label("m", "shadow", "{\"version\": \"2\"}");

        assertThat(server.infer("m", inputs(A, B)).getString("model_version")).isEqualTo("1");
        assertThat(server.infer("m", inputs(A)).getString("model_version")).isEqualTo("1");

        await().untilAsserted(() -> assertThat(server.scrape())
                .contains(
                        "freshet_shadow_requests_total{model=\"m\",result=\"predicted\"} 1.0",
                        "freshet_shadow_requests_total{model=\"m\",result=\"failed\"} 1.0"));
    }

    private HttpResponse<String> instances(String path, String row) throws Exception {
        return server.post(path + ":predict", "{\"instances\": [" + row + "]}");
    }

    private ModelInferResponse grpc(ModelInferRequest.Builder request) {
        try (GrpcClient client = new GrpcClient(server.port())) {
            return client.call("ModelInfer", request.build(), ModelInferResponse.getDefaultInstance());
        }
    }
}
