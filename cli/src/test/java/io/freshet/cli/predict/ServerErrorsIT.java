package io.freshet.cli.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch an error of the server, such as a wrong token, that is reported once for each row, as if the rows were bad. */
@Timeout(60)
class ServerErrorsIT {
    private static final int ROWS = 100;

    /** Statuses and {@code Retry-After} of the next answers to inference requests, or lost for none; 200 when empty. */
    private final Queue<String> planned = new ConcurrentLinkedQueue<>();

    private final AtomicInteger inferences = new AtomicInteger();
    private HttpServer server;
    private Path rows;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/models/m", this::metadata);
        server.createContext("/v2/models/m/infer", this::infer);
        server.start();
        rows = Files.writeString(
                directory.resolve("rows.csv"),
                IntStream.range(0, ROWS).mapToObj(Integer::toString).collect(Collectors.joining("\n", "x\n", "\n")));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "405", "500"})
    void an_error_that_is_not_about_the_rows_ends_the_command_in_one_line(String status) throws IOException {
        Path old = Files.writeString(directory.resolve("predictions.csv"), "old");
        planned.add(status);

        Run run = predict("--output=" + old);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().strip())
                .isEqualTo("freshet: " + url() + ": HTTP " + status + ": planned"
                        + (status.equals("401") ? " (expected: --token-file)" : ""));
        assertThat(inferences).hasValue(1);
        assertThat(old).hasContent("old");
    }

    @Test
    void a_server_that_is_not_ready_is_asked_again() {
        planned.add("503 1");
        planned.add("429");

        Run run = predict();

        assertThat(run.done().outLines()).hasSize(1 + ROWS).endsWith("100,1.0,1,");
        assertThat(run.err().lines())
                .containsExactly(
                        url() + ": HTTP 503: planned; retrying in 1.0 s",
                        url() + ": HTTP 429: planned; retrying in 0.5 s");
        assertThat(inferences).hasValue(3);
    }

    /** A server that restarts closes its connections. */
    @Test
    void a_request_whose_connection_is_lost_is_sent_again() {
        planned.add("lost");
        planned.add("lost");

        Run run = predict();

        assertThat(run.done().outLines()).hasSize(1 + ROWS).endsWith("100,1.0,1,");
        assertThat(run.err().lines()).hasSize(2).allMatch(line -> line.startsWith(url() + ": no answer: "));
        assertThat(run.err()).contains("; retrying in 0.3 s");
    }

    @Test
    void a_server_that_never_answered_is_not_waited_for() {
        String url = url();
        server.stop(0);

        Run run = predictAt(url);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().strip()).startsWith("freshet: " + url + ": no answer: ");
        assertThat(run.err()).doesNotContain("retrying");
    }

    @Test
    void a_server_that_asks_to_wait_for_an_hour_is_not_waited_for() {
        planned.add("503 3600");

        Run run = predict();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().strip()).isEqualTo("freshet: " + url() + ": HTTP 503: planned");
    }

    @ParameterizedTest
    @CsvSource({"400", "413", "404"})
    void rows_that_the_server_rejects_are_found_by_bisection(String status) {
        // The request, its second half, and the first quarter.
        planned.add(status);
        planned.add(status);
        planned.add(status);

        Run run = predict();

        assertThat(run.outLines()).hasSize(1 + ROWS);
        assertThat(inferences.get()).isGreaterThan(3);
        assertThat(run.done().err()).isEmpty();
    }

    private Run predict(String... more) {
        return predictAt(url(), more);
    }

    private Run predictAt(String url, String... more) {
        List<String> all = new ArrayList<>(List.of("predict", "--server=" + url, "m", "--input=" + rows));
        all.addAll(List.of(more));
        return Run.of(all.toArray(String[]::new));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void metadata(HttpExchange exchange) throws IOException {
        answer(exchange, 200, """
            {"name": "m", "inputs": [{"name": "x", "datatype": "FP64", "shape": [-1]}],
            "outputs": [{"name": "prediction", "datatype": "FP32", "shape": [-1]}]}\
            """);
    }

    private void infer(HttpExchange exchange) throws IOException {
        inferences.incrementAndGet();
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String next = planned.poll();
        if ("lost".equals(next)) {
            exchange.close();
            return;
        }
        if (next != null) {
            String[] status = next.split(" ");
            if (status.length > 1) {
                exchange.getResponseHeaders().add("Retry-After", status[1]);
            }
            answer(exchange, Integer.parseInt(status[0]), "{\"error\": \"planned\"}");
            return;
        }
        int count = Integer.parseInt(body.replaceFirst("(?s).*\"shape\":\\[(\\d+)].*", "$1"));
        answer(
                exchange,
                200,
                "{\"model_version\": \"1\", \"outputs\": [{\"name\": \"prediction\", \"data\": "
                        + IntStream.range(0, count).mapToObj(i -> "1.0").toList() + "}]}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
