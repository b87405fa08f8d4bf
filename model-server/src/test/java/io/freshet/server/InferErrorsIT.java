package io.freshet.server;

import static io.freshet.server.InferBodies.BYTES;
import static io.freshet.server.InferBodies.GOOD_A;
import static io.freshet.server.InferBodies.GOOD_CITY;
import static io.freshet.server.InferBodies.error;
import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests whose body is well formed, but that name nothing served, or cannot be answered. */
class InferErrorsIT {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = InferBodies.server();
        server.publish(Published.records(
                ModelSpec.parse("{name: keyed, label: y, key: shop, loss: mean-squared-error,"
                        + " features: {numeric: [a], standardize: false}}"),
                "S1",
                3,
                0.5f,
                1));
        server.publish(Published.records(
                ModelSpec.parse("{name: wide, label: y, loss: sparse-categorical-cross-entropy, outputs: 50000,"
                        + " features: {numeric: [a]}}"),
                "",
                1,
                0,
                1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void does_not_find_an_unknown_model() throws Exception {
        HttpResponse<String> response = server.post("/v2/models/nobody/infer", inputs(GOOD_A));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).isEqualTo("model: nobody (expected: one of keyed, m, wide)");
    }

    @Test
    void names_an_unknown_key() throws Exception {
        HttpResponse<String> response = server.post(
                "/v2/models/keyed/infer",
                inputs(tensor("a", "[2]", "FP64", "[1, 2]"), tensor("shop", "[2]", "BYTES", "[\"S9\", \"S8\"]")));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).isEqualTo("model keyed, shop: \"S9\" (expected: a key that the model has learned)");
    }

    @Test
    void rejects_an_invalid_key() throws Exception {
        for (String key : List.of("", "k".repeat(1025))) {
            HttpResponse<String> response = server.post(
                    "/v2/models/keyed/infer", inputs(GOOD_A, tensor("shop", "[1]", "BYTES", "[\"" + key + "\"]")));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(error(response))
                    .isEqualTo(
                            "shop: a text of " + key.length() + " bytes (expected: a key of 1 to 1024 bytes of UTF-8)");
        }
    }

    @Test
    void names_a_misspelled_key_field() throws Exception {
        HttpResponse<String> response =
                server.post("/v2/models/keyed/infer", inputs(GOOD_A, tensor("shopp", "[1]", "BYTES", "[\"S1\"]")));

        assertThat(error(response)).isEqualTo("inputs: shopp (expected: shop?)");
    }

    @Test
    void names_the_live_version_if_another_is_requested() throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/versions/6/infer", inputs(GOOD_A, GOOD_CITY));
        HttpResponse<String> keyed = server.post(
                "/v2/models/keyed/versions/6/infer", inputs(GOOD_A, tensor("shop", "[1]", "BYTES", "[\"S1\"]")));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).isEqualTo("model m, version: 6 (expected: 7 (live))");
        assertThat(error(keyed)).isEqualTo("model keyed, shop \"S1\", version: 6 (expected: 3 (live))");
    }

    @Test
    void rejects_a_response_too_large_before_computing_it() throws Exception {
        HttpResponse<String> response =
                server.post("/v2/models/wide/infer", inputs(tensor("a", "[21]", "FP64", "[" + "1,".repeat(20) + "1]")));

        assertThat(error(response)).isEqualTo("rows: 21 (expected: up to 20 for 50000 classes)");
    }

    @Test
    void rejects_a_prediction_that_is_not_finite() throws Exception {
        HttpResponse<String> response = server.post(
                "/v2/models/keyed/infer",
                inputs(tensor("a", "[1]", "FP64", "[3.4e38]"), tensor("shop", "[1]", "BYTES", "[\"S1\"]")));
        assertThat(response.statusCode()).isEqualTo(200);

        server.publish(Published.records(
                ModelSpec.parse("{name: steep, label: y, loss: mean-squared-error,"
                        + " features: {numeric: [a], standardize: false}}"),
                "",
                1,
                10,
                1));
        HttpResponse<String> steep =
                server.post("/v2/models/steep/infer", inputs(tensor("a", "[1]", "FP64", "[3.4e38]")));
        server.publish(new SnapshotCodec().delete("steep", "", 0));

        assertThat(steep.statusCode()).isEqualTo(400);
        assertThat(error(steep))
                .isEqualTo("row 0: prediction: Infinity (expected: finite; the inputs may be too large)");
    }

    @Test
    void rejects_a_content_type_other_than_json() throws Exception {
        HttpResponse<String> response = server.send(server.request("/v2/models/m/infer")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("a=1")));

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(error(response)).isEqualTo("Content-Type: text/plain (expected: application/json)");
    }

    @Test
    void rejects_a_body_too_large_with_or_without_a_declared_length() throws Exception {
        byte[] body = new byte[BYTES + 1];
        HttpResponse<String> declared =
                server.send(server.request("/v2/models/m/infer").POST(BodyPublishers.ofByteArray(body)));
        HttpResponse<String> chunked = server.send(server.request("/v2/models/m/infer")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

        assertThat(declared.statusCode()).isEqualTo(413);
        assertThat(error(declared)).isEqualTo("body: too large (expected: up to 8000 bytes)");
        assertThat(chunked.statusCode()).isEqualTo(413);
    }

    @Test
    void rejects_an_unsupported_method() throws Exception {
        HttpResponse<String> response = server.get("/v2/models/m/infer");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(error(response)).isEqualTo("method: GET (expected: POST for /v2/models/m/infer)");
    }

    @Test
    void does_not_find_an_unknown_path() throws Exception {
        HttpResponse<String> response = server.get("/v3/models");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).startsWith("path: /v3/models (expected: ");
    }
}
