package io.freshet.server;

import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters of requests that the server does not know: returned or rejected, never dropped. */
class RequestParametersIT {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        server.publish(Published.records(
                ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}"),
                "",
                7,
                1,
                1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void returns_unknown_parameters_unchanged() throws Exception {
        String parameters = "{\"text\":\"a \\u00fc\",\"whole\":123456789012345678901,\"real\":0.1,\"flag\":true}";

        HttpResponse<String> response = server.post("/v2/models/m/infer", with("\"parameters\": " + parameters, ""));

        assertThat(response.body())
                .contains("\"text\":\"a ü\",\"whole\":123456789012345678901,\"real\":0.1,\"flag\":true");
    }

    @Test
    void rejects_parameters_that_are_not_scalars_or_not_free() throws Exception {
        assertThat(error(with("\"parameters\": {\"x\": [1]}", "")))
                .isEqualTo("parameters.x: [ (expected: a string, a number, or a boolean)");
        assertThat(error(with("\"parameters\": {\"x\": null}", "")))
                .isEqualTo("parameters.x: null (expected: a string, a number, or a boolean)");
        assertThat(error(with("\"parameters\": [1]", ""))).isEqualTo("parameters: [ (expected: an object)");
        assertThat(error(with("\"parameters\": {\"age_seconds\": 5}", "")))
                .isEqualTo("parameters: age_seconds (expected: another name; the response has this one)");
    }

    @Test
    void rejects_invalid_parameters_of_inputs_and_outputs() throws Exception {
        assertThat(error(with("\"id\": \"1\"", ", \"parameters\": {\"binary_data_size\": 8}")))
                .isEqualTo("a.data: present (expected: none beside binary_data_size)");
        assertThat(error(with("\"outputs\": [{\"name\": \"prediction\", \"parameters\": {\"binary_data\": 3}}]", "")))
                .isEqualTo("outputs[0].parameters.binary_data: 3 (expected: true or false)");
    }

    /** Clients of MLServer send the content type of each tensor. */
    @Test
    void ignores_unknown_parameters_of_inputs_and_outputs() throws Exception {
        String unknown = "\"parameters\": {\"content_type\": \"np\", \"nested\": {\"list\": [1]}, \"top\": 3}";

        assertThat(server.infer(
                        "m", with("\"outputs\": [{\"name\": \"prediction\", " + unknown + "}]", ", " + unknown)))
                .isEqualTo(server.infer("m", with("\"outputs\": [{\"name\": \"prediction\"}]", "")));
    }

    /** Would catch a client that asks for the class with the highest probability, and takes what it gets for it. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            classification, classification
            shared_memory_region, shared_memory
            shared_memory_byte_size, shared_memory
            shared_memory_offset, shared_memory
            sequence_id, sequence
            sequence_start, sequence
            sequence_end, sequence
            priority, schedule_policy
            timeout, schedule_policy
            """)
    void refuses_parameters_of_extensions_that_it_does_not_have(String name, String extension) throws Exception {
        String parameters = "\"parameters\": {\"" + name + "\": 1}";
        String expected =
                "." + name + ": given (expected: none; the server does not have the extension " + extension + ")";

        assertThat(error(with(parameters, ""))).isEqualTo("parameters" + expected);
        assertThat(error(with("\"id\": \"1\"", ", " + parameters))).isEqualTo("inputs[0].parameters" + expected);
        assertThat(error(with("\"outputs\": [{\"name\": \"prediction\", " + parameters + "}]", "")))
                .isEqualTo("outputs[0].parameters" + expected);
    }

    @Test
    void accepts_the_parameter_that_asks_for_json() throws Exception {
        String json = "\"parameters\": {\"binary_data\": false}";

        server.infer("m", with("\"outputs\": [{\"name\": \"prediction\", " + json + "}]", ", " + json));
    }

    private static String with(String field, String ofInput) {
        String input = tensor("a", "[1]", "FP64", "[1]");
        return "{" + field + ", \"inputs\": [" + input.substring(0, input.length() - 1) + ofInput + "}]}";
    }

    private static String error(String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/infer", body);
        assertThat(response.statusCode()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }
}
