package io.freshet.cli.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.freshet.cli.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the command against a fake server that predicts ten times x and rejects negative x. */
@Timeout(60)
class PredictCommandIT {
    private final List<String> authorizations = new ArrayList<>();
    private final List<Integer> batches = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();
    private final List<String> shapes = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private HttpServer server;
    private String url;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/models/tens", this::metadata);
        server.createContext("/v2/models/tens/infer", this::infer);
        server.createContext("/v2/models/sums", this::vectorMetadata);
        server.createContext("/v2/models/sums/infer", this::sum);
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void predicts_a_row_on_the_command_line() {
        Run run = predict("tens", "x=2.5", "origin=New York");

        assertThat(run.done().outLines()).containsExactly("row,prediction,version,age_seconds", "1,25.0,12,0.5");
        assertThat(predict("tens", "x=2.5", "origin=B", "--output", "json")
                        .out()
                        .strip())
                .isEqualTo("{\"row\":1,\"prediction\":25.0,\"version\":12,\"age_seconds\":0.5}");
    }

    /** Would catch trials from which a model learns that no outcome follows. */
    @Test
    void its_requests_are_not_logged() {
        predict("tens", "x=2.5", "origin=A").done();

        assertThat(parameters).containsExactly("{\"log\":false}");
    }

    @Test
    void names_the_input_that_is_missing_unknown_or_not_a_number() {
        assertThat(predict("tens", "x=1").err()).isEqualTo(line("freshet: origin: missing (expected: a text)"));
        assertThat(predict("tens", "x=abc", "origin=A").err()).isEqualTo(line("freshet: x: abc (expected: a number)"));
        assertThat(predict("tens", "x=1e999", "origin=A").err())
                .isEqualTo(line("freshet: x: 1e999 (expected: a number of magnitude up to 3.4e38)"));
        assertThat(predict("tens", "x=1", "orign=A").err())
                .isEqualTo(line("freshet: orign: unknown input (expected: origin?)"));
        assertThat(predict("tens", "x=1", "x=2", "origin=A").err())
                .isEqualTo(line("freshet: x: twice (expected: each input once)"));
        assertThat(predict("tens", "x=1", "x").code()).isEqualTo(2);
    }

    @Test
    void predicts_all_rows_of_a_file_in_order_and_reports_rejected_rows() throws Exception {
        StringBuilder csv = new StringBuilder("origin,x,unused\n");
        for (int i = 1; i <= 600; i++) {
            csv.append("A,")
                    .append(i == 7 ? "abc" : i == 300 ? "-1" : Integer.toString(i))
                    .append(",\n");
        }
        Path file = Files.writeString(directory.resolve("rows.csv"), csv.toString());

        Run run = predict("tens", "--input", file.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.outLines())
                .hasSize(601)
                .startsWith("row,prediction,version,age_seconds", "1,10.0,12,0.5", "2,20.0,12,0.5")
                .contains("7,,,", "300,,,")
                .endsWith("599,5990.0,12,0.5", "600,6000.0,12,0.5");
        assertThat(run.err().lines())
                .containsExactly(
                        "freshet: row 7: x: abc (expected: a number)",
                        "freshet: row 300: x: -1.0 (expected: at least 0)");
        assertThat(batches).contains(6, 256).doesNotContain(257);
    }

    @Test
    void sends_a_sparse_vector_as_a_text_of_pairs() throws Exception {
        String json =
                "{\"x\": 1, \"origin\": {\"indices\": [7, 3], \"values\": [0.5, -2]}}\n{\"x\": 2, \"origin\": {\"indices\": []}}\n";
        Path file = Files.writeString(directory.resolve("a.jsonl"), json);

        predict("tens", "--input", file.toString()).done();

        assertThat(origins).containsExactly("7:0.5 3:-2.0", "");
    }

    @Test
    void sends_vectors_of_one_length_in_one_tensor() throws Exception {
        assertThat(predictions("sums", "pixel=1,2.5,3")).containsExactly("6.5");
        assertThat(shapes).containsExactly("[1,3]");
        assertThat(predict("sums", "pixel=1,x").err()).isEqualTo(line("freshet: pixel[1]: x (expected: a number)"));
        assertThat(predict("sums", "pixl=1").err()).contains("pixl: unknown input (expected: pixel?)");
        shapes.clear();

        String csv = "pixel1,pixel0,pixel2\n1,2,\n3,4,\n5,6,7\n8,9,\nx,9,\n";
        Run columns = predict(
                "sums",
                "--input",
                Files.writeString(directory.resolve("a.csv"), csv).toString());
        assertThat(predictions(columns)).containsExactly("3.0", "7.0", "18.0", "17.0", "");
        assertThat(columns.err()).isEqualTo(line("freshet: row 5: pixel1: x (expected: a number)"));
        assertThat(shapes).containsExactly("[2,2]", "[1,3]", "[1,2]");

        String json = "{\"pixel\": [1, 2]}\n{\"pixel0\": 5}\n{}\n";
        Run lines = predict(
                "sums",
                "--input",
                Files.writeString(directory.resolve("a.jsonl"), json).toString());
        assertThat(predictions(lines)).containsExactly("3.0", "5.0", "");
        assertThat(lines.err()).isEqualTo(line("freshet: row 3: pixel: missing (expected: numbers, as 1,2,3)"));
        String whole = "pixel\n[1 2 3]\n";
        assertThat(predictions(
                        "sums",
                        "--input",
                        Files.writeString(directory.resolve("b.csv"), whole).toString()))
                .containsExactly("6.0");
    }

    private List<String> predictions(String... arguments) {
        return predictions(predict(arguments));
    }

    private static List<String> predictions(Run run) {
        return run.outLines().stream()
                .skip(1)
                .map(line -> line.split(",", -1)[1])
                .toList();
    }

    @Test
    void the_file_of_predictions_is_not_the_input() throws Exception {
        Path file = Files.writeString(directory.resolve("rows.csv"), "x,origin\n1,A\n");

        assertThat(predict("tens", "--input", file.toString(), "--output", file.toString())
                        .err())
                .contains("rows.csv (expected: a file other than --input)");
        predict(
                        "tens",
                        "--input",
                        file.toString(),
                        "--output",
                        directory.resolve("p.tsv").toString())
                .done();
        assertThat(directory.resolve("p.tsv")).hasContent("row\tprediction\tversion\tage_seconds\n1\t10.0\t12\t0.5\n");
    }

    @Test
    void sends_the_token_from_a_file_and_never_prints_it() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "s3cret\n");

        Run run = predict("tens", "x=1", "origin=A", "--token-file", token.toString());

        assertThat(run.code()).isZero();
        assertThat(authorizations).containsOnly("Bearer s3cret");
        Files.writeString(token, "two words s3cret");
        assertThat(predict("tens", "x=1", "--token-file", token.toString()).err())
                .contains("not a token")
                .doesNotContain("s3cret");
    }

    @Test
    void reports_an_unknown_model_and_an_unreachable_server() {
        assertThat(predict("others", "x=1").err())
                .startsWith("freshet: http://127.0.0.1:")
                .contains(": HTTP 404: ");
        server.stop(0);
        Run run = predict("tens", "x=1");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("freshet: http://127.0.0.1:").contains(": no answer: ");
        assertThat(Run.of("predict", "--server", "not an address", "m", "x=1").err())
                .isEqualTo(line("freshet: --server: not an address (expected: http://HOST:PORT)"));
    }

    private Run predict(String... arguments) {
        List<String> all = new ArrayList<>(List.of("predict", "--server", url));
        all.addAll(List.of(arguments));
        return Run.of(all.toArray(String[]::new));
    }

    private void metadata(HttpExchange exchange) throws IOException {
        authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
        answer(exchange, 200, """
            {"name": "tens", "inputs": [{"name": "x", "datatype": "FP64", "shape": [-1]},
            {"name": "origin", "datatype": "BYTES", "shape": [-1]}],
            "outputs": [{"name": "prediction", "datatype": "FP32", "shape": [-1]}]}\
            """);
    }

    private void vectorMetadata(HttpExchange exchange) throws IOException {
        answer(exchange, 200, """
            {"name": "sums", "inputs": [{"name": "pixel", "datatype": "FP32", "shape": [-1, 3]}],
            "outputs": [{"name": "prediction", "datatype": "FP32", "shape": [-1]}]}\
            """);
    }

    /** Predicts the sum of each row's numbers. */
    private void sum(HttpExchange exchange) throws IOException {
        JsonNode input = new ObjectMapper()
                .readTree(exchange.getRequestBody())
                .path("inputs")
                .get(0);
        assertThat(input.path("name").asText()).isEqualTo("pixel");
        assertThat(input.path("datatype").asText()).isEqualTo("FP32");
        shapes.add(input.path("shape").toString());
        int length = input.path("shape").get(1).asInt();
        List<Double> sums = new ArrayList<>();
        for (int row = 0; row < input.path("shape").get(0).asInt(); row++) {
            double sum = 0;
            for (int i = 0; i < length; i++) {
                sum += input.path("data").get(row * length + i).asDouble();
            }
            sums.add(sum);
        }
        answer(exchange, 200, "{\"outputs\": [{\"name\": \"prediction\", \"data\": " + sums + "}]}");
    }

    private void infer(HttpExchange exchange) throws IOException {
        authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
        JsonNode body = new ObjectMapper().readTree(exchange.getRequestBody());
        parameters.add(body.path("parameters").toString());
        JsonNode inputs = body.path("inputs");
        JsonNode x = inputs.get(0).path("data");
        assertThat(inputs.get(0).path("name").asText()).isEqualTo("x");
        assertThat(inputs.get(0).path("datatype").asText()).isEqualTo("FP64");
        assertThat(inputs.get(1).path("datatype").asText()).isEqualTo("BYTES");
        batches.add(x.size());
        assertThat(inputs.get(0).path("shape").toString()).isEqualTo("[" + x.size() + "]");
        List<Double> tens = new ArrayList<>();
        inputs.get(1).path("data").forEach(origin -> origins.add(origin.asText()));
        for (JsonNode value : x) {
            if (value.asDouble() < 0) {
                answer(exchange, 400, "{\"error\": \"x: " + value.asDouble() + " (expected: at least 0)\"}");
                return;
            }
            tens.add(value.asDouble() * 10);
        }
        answer(
                exchange,
                200,
                "{\"model_version\": \"12\", \"parameters\": {\"age_seconds\": 0.5}, \"outputs\": [{\"name\": \"prediction\", \"data\": "
                        + tens + "}]}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String line(String text) {
        return text + System.lineSeparator();
    }
}
