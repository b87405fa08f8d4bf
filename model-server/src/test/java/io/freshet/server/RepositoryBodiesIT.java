package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch bodies of the repository that are read less strictly than requests to predict. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepositoryBodiesIT {
    private static final String CANARY = "/v2/repository/models/m/labels/canary";
    private static final String LOAD = "/v2/repository/models/m/load";
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

    private RunningServer server;

    @BeforeAll
    void start() {
        server = new RunningServer();
        server.publish(SPEC, 1, 2);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                CANARY + "| {\"version\": \"1\", \"traffic\": 0, \"version\": \"2\"} | version",
                CANARY + "| {\"version\": \"1\", \"traffic\": 0, \"traffic\": 1} | traffic",
                LOAD + "| {\"parameters\": {}, \"parameters\": {\"version\": \"1\"}} | parameters",
                LOAD + "| {\"parameters\": {\"version\": \"1\", \"version\": \"2\"}} | version",
                "/v2/repository/index | {\"ready\": true, \"ready\": false} | ready",
            })
    void rejects_a_field_that_is_given_twice(String path, String body, String field) throws Exception {
        assertThat(error(path, body.getBytes("UTF-8")))
                .matches("body: line 1, column \\d+: Duplicate field '" + field + "' \\(expected: JSON\\)");
    }

    @Test
    void rejects_what_is_not_json_in_utf_8() throws Exception {
        byte[] overlong = "{\"version\": \"x\"}".getBytes("UTF-8");
        overlong[13] = (byte) 0xc0;
        byte[] cut = "{\"version\": \"é\"}".getBytes("ISO-8859-1");

        assertThat(error(CANARY, overlong)).isEqualTo("body: not UTF-8 (expected: JSON in UTF-8)");
        assertThat(error(CANARY, cut)).isEqualTo("body: not UTF-8 (expected: JSON in UTF-8)");
        assertThat(error(CANARY, "{\"version\": 1} /* x */".getBytes("UTF-8"))).startsWith("body: line 1, column ");
        assertThat(error(CANARY, "[1]".getBytes("UTF-8"))).isEqualTo("body: no JSON object (expected: {} or nothing)");
        assertThat(error(CANARY, "{} {}".getBytes("UTF-8")))
                .isEqualTo("body: trailing content (expected: one JSON object)");
    }

    @Test
    void quotes_numbers_as_sent() throws Exception {
        for (String number : new String[] {"1.50", "1e1", "-0.10", "100000000000000000000"}) {
            assertThat(error(CANARY, ("{\"version\": 1, \"traffic\": " + number + "}").getBytes("UTF-8")))
                    .isEqualTo("traffic: " + number + " (expected: a share of the requests, in [0, 1])");
            assertThat(error(CANARY, ("{\"version\": " + number + ", \"traffic\": 1}").getBytes("UTF-8")))
                    .startsWith("model m, version: " + number + " (expected: ");
            assertThat(error("/v2/repository/index", ("{\"ready\": " + number + "}").getBytes("UTF-8")))
                    .isEqualTo("ready: " + number + " (expected: true or false)");
        }
        assertThat(error(CANARY, "{\"version\": [1]}".getBytes("UTF-8")))
                .isEqualTo("version: an array (expected: another value)");
    }

    @Test
    void a_body_of_64_kib_is_read_and_a_larger_one_is_not() throws Exception {
        String body = "{}" + " ".repeat((64 << 10) - 2);

        assertThat(server.post("/v2/repository/index", body).statusCode()).isEqualTo(200);
        HttpResponse<String> larger = server.post("/v2/repository/index", body + " ");
        assertThat(larger.statusCode()).isEqualTo(413);
        assertThat(larger.body()).contains("body: too large (expected: up to 65536 bytes)");
    }

    private String error(String path, byte[] body) throws Exception {
        HttpResponse<String> response = server.send(
                server.request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body)));
        assertThat(response.statusCode()).as(response.body()).isBetween(400, 404);
        return new JsonObject(response.body()).getString("error");
    }
}
