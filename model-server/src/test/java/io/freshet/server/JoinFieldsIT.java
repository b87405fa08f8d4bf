package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What only the join reads, as soon as a specification with it is applied: catches a server that refuses all requests until a
 * version is published that only they could lead to.
 */
class JoinFieldsIT {
    private static final String SPEC = "{name: m, label: y, loss: binary-cross-entropy, features: {numeric: [a]}%s}";
    private static final String JOIN =
            ", weight: w, when: {field: kind, equals: ad}, join: {within: 1h, after: 0, exposure: shown, slices: [origin]}";
    private static final String V2 = inputs(
            tensor("a", "[1]", "FP64", "[1]"),
            tensor("w", "[1]", "FP64", "[2]"),
            tensor("kind", "[1]", "BYTES", "[\"ad\"]"),
            tensor("shown", "[1]", "BOOL", "[true]"),
            tensor("origin", "[1]", "BYTES", "[\"SEA\"]"));
    private static final String V1 =
            "{\"instances\": [{\"a\": 1, \"w\": 2, \"kind\": \"ad\", \"shown\": true, \"origin\": \"SEA\"}]}";

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void requests_have_them_before_a_version_is_published_with_them() throws Exception {
        server.publish(ModelSpec.parse(SPEC.formatted("")), 1);
        assertStatus(400);

        apply(JOIN);

        assertStatus(200);
    }

    @Test
    void requests_have_them_after_a_return_to_an_earlier_version() throws Exception {
        apply(JOIN);
        server.publish(ModelSpec.parse(SPEC.formatted("")), 1);
        server.publish(ModelSpec.parse(SPEC.formatted(JOIN)), 2);

        HttpResponse<String> pinned =
                server.post("/v2/repository/models/m/load", "{\"parameters\": {\"version\": \"1\"}}");

        assertThat(pinned.statusCode()).as(pinned.body()).isEqualTo(200);
        assertStatus(200);
    }

    @Test
    void they_are_columns_and_other_names_are_still_unknown() throws Exception {
        server.publish(ModelSpec.parse(SPEC.formatted("")), 1);
        apply(JOIN);

        assertThat(server.post("/v2/models/m/infer", V2.replace("origin", "orign"))
                        .body())
                .contains("inputs: orign (expected: a");
        assertThat(server.post(
                                "/v2/models/m/infer",
                                inputs(tensor("a", "[1]", "FP64", "[1]"), tensor("w", "[1,2]", "FP64", "[1, 2]")))
                        .body())
                .contains("w.shape: [1, 2]");
        assertThat(server.post(
                                "/v2/models/m/infer",
                                inputs(tensor("a", "[1]", "FP64", "[1]"), tensor("y", "[1]", "FP64", "[1]")))
                        .body())
                .contains("inputs: y (expected: a");
    }

    private void assertStatus(int status) throws Exception {
        HttpResponse<String> columns = server.post("/v2/models/m/infer", V2);
        HttpResponse<String> rows = server.post("/v1/models/m:predict", V1);
        assertThat(columns.statusCode()).as(columns.body()).isEqualTo(status);
        assertThat(rows.statusCode()).as(rows.body()).isEqualTo(status);
    }

    private void apply(String more) {
        KeyedBytes record = new ModelSpecCodec().write(ModelSpec.parse(SPEC.formatted(more)), 0);
        server.apply(record.key(), record.value());
    }
}
