package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The extensions binary_tensor_data and statistics over REST. */
@Timeout(60)
class BinaryTensorsIT {
    private static final String SIZE = "Inference-Header-Content-Length";
    private static final ModelSpec NUMBERS = ModelSpec.parse(
            "{name: numbers, label: y, loss: mean-squared-error, features: {numeric: [a, b], standardize: false}}");
    private static final ModelSpec ONE = ModelSpec.parse(
            "{name: one, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        server.publish(Published.records(NUMBERS, "", 9, 2, 1));
        server.publish(Published.records(ONE, "", 4, 3, 1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void reads_binary_inputs_between_others_and_returns_json() throws Exception {
        String json = """
                {"inputs": [{"name": "a", "datatype": "FP32", "shape": [2], "parameters": {"binary_data_size": 8}},
                            {"name": "b", "datatype": "INT64", "shape": [2], "data": [1, 2]}]}""";
        HttpResponse<byte[]> response =
                infer("numbers", json, Buffer.buffer().appendFloatLE(1).appendFloatLE(2.5f));

        JsonObject body = new JsonObject(Buffer.buffer(response.body()));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue(SIZE)).isEmpty();
        assertThat(body.getJsonArray("outputs").getJsonObject(0).getJsonArray("data"))
                .containsExactly(6.0, 11.0);
    }

    @Test
    void an_output_is_binary_if_it_or_the_request_says_so() throws Exception {
        String input = "\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [2]}]";
        String all = "{\"parameters\": {\"binary_data_output\": true}, " + input + "}";
        String one =
                "{\"outputs\": [{\"name\": \"prediction\", \"parameters\": {\"binary_data\": true}}], " + input + "}";
        String none = "{\"parameters\": {\"binary_data_output\": true}, \"outputs\": [{\"name\": \"prediction\","
                + " \"parameters\": {\"binary_data\": false}}], " + input + "}";

        for (String request : new String[] {all, one}) {
            HttpResponse<byte[]> response = infer("one", request, Buffer.buffer());
            int size = Integer.parseInt(response.headers().firstValue(SIZE).orElseThrow());
            Buffer body = Buffer.buffer(response.body());
            JsonObject output = body.getBuffer(0, size)
                    .toJsonObject()
                    .getJsonArray("outputs")
                    .getJsonObject(0);

            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
            assertThat(output.getJsonObject("parameters").getInteger("binary_data_size"))
                    .isEqualTo(4);
            assertThat(output.containsKey("data")).isFalse();
            assertThat(body.length()).isEqualTo(size + 4);
            assertThat(body.getFloatLE(size)).isEqualTo(9f);
        }
        assertThat(infer("one", none, Buffer.buffer()).headers().firstValue("Content-Type"))
                .hasValue("application/json");
    }

    @Test
    void a_body_without_json_is_the_only_input() throws Exception {
        HttpResponse<byte[]> response =
                infer("one", "", Buffer.buffer().appendDoubleLE(1).appendDoubleLE(2));
        int size = Integer.parseInt(response.headers().firstValue(SIZE).orElseThrow());
        Buffer body = Buffer.buffer(response.body());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body.getFloatLE(size)).isEqualTo(6f);
        assertThat(body.getFloatLE(size + 4)).isEqualTo(9f);
        assertThat(error(infer("numbers", "", Buffer.buffer().appendDoubleLE(1))))
                .startsWith("Inference-Header-Content-Length: 0 (expected: the size of the JSON");
        assertThat(error(infer("one", "", Buffer.buffer(new byte[9])))).startsWith("a.data: 9 bytes (expected: 8");
    }

    @Test
    void a_compressed_body_has_the_size_of_its_json_before_compression() throws Exception {
        String json = "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\", \"shape\": [1],"
                + " \"parameters\": {\"binary_data_size\": 8}}]}";
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream to = new GZIPOutputStream(compressed)) {
            to.write(Buffer.buffer(json).appendDoubleLE(2).getBytes());
        }

        HttpResponse<byte[]> response = send(server.request("/v2/models/one/infer")
                .header(SIZE, Integer.toString(json.length()))
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(compressed.toByteArray())));

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void rejects_sizes_that_do_not_match() throws Exception {
        String input = "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\", \"shape\": [1], %s}]}";
        String eight = input.formatted("\"parameters\": {\"binary_data_size\": 8}");

        assertThat(error(infer("one", eight, Buffer.buffer(new byte[7]))))
                .isEqualTo("a.parameters.binary_data_size: 8 (expected: up to 7, the bytes left after the JSON)");
        assertThat(error(infer("one", eight, Buffer.buffer(new byte[9]))))
                .isEqualTo("body: 1 bytes too many (expected: as many as all binary_data_size together)");
        assertThat(error(infer(
                        "one",
                        input.formatted("\"parameters\": {\"binary_data_size\": 4}"),
                        Buffer.buffer(new byte[4]))))
                .isEqualTo("a.data: 4 bytes (expected: 8, to match its shape and datatype)");
        assertThat(error(infer(
                        "one",
                        input.formatted("\"data\": [1], \"parameters\": {\"binary_data_size\": 8}"),
                        Buffer.buffer(new byte[8]))))
                .isEqualTo("a.data: present (expected: none beside binary_data_size)");
        assertThat(error(infer(
                        "one", input.formatted("\"parameters\": {\"binary_data_size\": \"8\"}"), Buffer.buffer())))
                .isEqualTo("inputs[0].parameters.binary_data_size: 8 (expected: a number of bytes)");
        for (String size : new String[] {"-1", "x", "99999999999"}) {
            assertThat(error(send(server.request("/v2/models/one/infer")
                            .header(SIZE, size)
                            .POST(BodyPublishers.ofString(eight)))))
                    .isEqualTo(SIZE + ": " + size + " (expected: a number of bytes)");
        }
        assertThat(error(send(server.request("/v2/models/one/infer")
                        .header(SIZE, "999")
                        .POST(BodyPublishers.ofString(eight)))))
                .startsWith(SIZE + ": 999 (expected: up to ");
    }

    @Test
    void statistics_count_requests_and_rows() throws Exception {
        server.publish(Published.records(
                ModelSpec.parse("{name: counted, label: y, loss: mean-squared-error, features: {numeric: [a]}}"),
                "",
                7,
                1,
                1));
        server.post(
                "/v2/models/counted/infer",
                "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\", \"shape\": [3], \"data\": [1, 2, 3]}]}");
        server.post("/v2/models/counted/infer", "{}");

        JsonObject one = new JsonObject(server.get("/v2/models/counted/stats").body());
        JsonArray all = new JsonObject(server.get("/v2/models/stats").body()).getJsonArray("model_stats");
        JsonObject stats = one.getJsonArray("model_stats").getJsonObject(0);

        assertThat(stats.getString("version")).isEqualTo("7");
        assertThat(stats.getInteger("inference_count")).isEqualTo(3);
        assertThat(stats.getInteger("execution_count")).isEqualTo(1);
        assertThat(stats.getLong("last_inference")).isEqualTo(RunningServer.NOW);
        assertThat(stats.getJsonObject("inference_stats")
                        .getJsonObject("success")
                        .getInteger("count"))
                .isEqualTo(1);
        assertThat(stats.getJsonObject("inference_stats").getJsonObject("fail").getInteger("count"))
                .isEqualTo(1);
        JsonObject times = stats.getJsonObject("inference_stats");
        long total = 0;
        for (String phase : new String[] {"queue", "compute_input", "compute_infer", "compute_output"}) {
            assertThat(times.getJsonObject(phase).getInteger("count")).as(phase).isEqualTo(1);
            assertThat(times.getJsonObject(phase).getLong("ns")).as(phase).isPositive();
            total += times.getJsonObject(phase).getLong("ns");
        }
        assertThat(total).isLessThanOrEqualTo(times.getJsonObject("success").getLong("ns"));
        assertThat(all).hasSizeGreaterThanOrEqualTo(3);
        assertThat(server.get("/v2/models/counted/versions/7/stats").statusCode())
                .isEqualTo(200);
        assertThat(server.get("/v2/models/counted/versions/8/stats").statusCode())
                .isEqualTo(404);
        assertThat(server.get("/v2/models/nobody/stats").statusCode()).isEqualTo(404);
    }

    /** Would catch a body without names that is read as the input of another version. */
    @Test
    void a_raw_body_is_the_input_of_the_version_that_the_path_names() throws Exception {
        String spec =
                "{name: changed, label: y, loss: mean-squared-error, features: {numeric: [%s], standardize: false}}";
        server.publish(ModelSpec.parse(spec.formatted("a")), 1);
        server.publish(ModelSpec.parse(spec.formatted("a, b")), 2);

        HttpResponse<byte[]> response = send(server.request("/v2/models/changed/versions/1/infer")
                .header(SIZE, "0")
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(
                        Buffer.buffer().appendDoubleLE(3).getBytes())));

        assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
    }

    private static HttpResponse<byte[]> infer(String model, String json, Buffer binary) throws Exception {
        return send(server.request("/v2/models/" + model + "/infer")
                .header(SIZE, Integer.toString(json.getBytes(UTF_8).length))
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(
                        Buffer.buffer(json).appendBuffer(binary).getBytes())));
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String error(HttpResponse<byte[]> response) {
        assertThat(response.statusCode()).isEqualTo(400);
        return new JsonObject(Buffer.buffer(response.body())).getString("error");
    }
}
