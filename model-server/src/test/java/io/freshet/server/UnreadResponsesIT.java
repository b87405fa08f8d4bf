package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.ResponseLimits;
import io.freshet.server.http.Limits;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that ask and do not read. Would catch responses that count against others, or that wait for their clients forever. */
@Timeout(120)
class UnreadResponsesIT {
    /** A window of 0 bytes for responses. */
    private static final byte[] NO_WINDOW = {0, 4, 0, 0, 0, 0};

    private static final int STREAMS = 60;
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final ModelSpec WIDE = ModelSpec.parse("{name: wide, label: y,"
            + " loss: sparse-categorical-cross-entropy, outputs: 50000, features: {numeric: [a]}}");
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final List<AutoCloseable> clients = new ArrayList<>();
    private RunningServer server;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        server.close();
    }

    /** Would catch six connections that hold all permits. */
    @Test
    void predictions_that_are_not_read_do_not_count_against_others() throws Exception {
        start(new ResponseLimits(LONG, 64 << 20));
        for (int i = 0; i < 6; i++) {
            RawHttp2 client = unread();
            for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                predict(client, stream, "m", 1);
            }
        }
        await().until(() -> ended() == 6 * STREAMS);

        assertThat(server.infer("m", rows(1)).getString("model_name")).isEqualTo("m");
        assertThat(server.scrape())
                .contains("freshet_request_duration_seconds_count{code=\"200\",model=\"m\"} " + (6 * STREAMS + 1))
                .contains("freshet_requests_in_flight 0.0")
                .contains("freshet_requests_held_bytes 0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/m", "/metrics", "/nowhere", "/ui/stream", "/ui/session", "/docs"})
    void a_connection_that_does_not_read_its_response_is_closed(String path) throws Exception {
        start(new ResponseLimits(SHORT, 64 << 20));
        unread().send(RawHttp2.frame(
                RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.head("GET", path)));

        assertThatItIsCutOff();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/grpc.health.v1.Health/Check",
                "/grpc.health.v1.Health/Watch",
                "/inference.GRPCInferenceService/ServerMetadata"
            })
    void a_connection_that_does_not_read_a_message_is_closed(String path) throws Exception {
        start(new ResponseLimits(SHORT, 64 << 20));
        RawHttp2 client = unread();
        client.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.grpc(path)));
        client.send(RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[5]));

        assertThatItIsCutOff();
    }

    @Test
    void a_connection_of_http1_that_does_not_read_a_prediction_is_closed() throws Exception {
        start(new ResponseLimits(SHORT, 64 << 20));
        String rows = rows(20);
        RawHttp client = new RawHttp(server.port());
        clients.add(client);
        String request = "POST /v2/models/wide/infer HTTP/1.1\r\nHost: x\r\nContent-Length: " + rows.length()
                + "\r\n\r\n" + rows;
        client.send(request.repeat(3));

        assertThatItIsCutOff();
    }

    /** A client that reads a byte now and then never idles. */
    @Test
    void a_response_that_is_read_too_slowly_is_cut_off() throws Exception {
        start(new ResponseLimits(SHORT, 64 << 20));
        RawHttp2 client = unread();
        predict(client, 1, "m", 1);
        byte[] oneByte = RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 1});

        await().until(() -> !client.send(oneByte));
        assertThatItIsCutOff();
    }

    @Test
    void one_connection_has_a_limit_and_others_are_not_affected() throws Exception {
        start(new ResponseLimits(LONG, 4 << 20));
        RawHttp2 client = unread();
        predict(client, 1, "wide", 1);
        await().until(() -> unreadBytes() > 100_000);
        for (int stream = 3; stream < 2 * STREAMS; stream += 2) {
            predict(client, stream, "wide", 1);
        }
        await().until(() -> ended() == STREAMS);

        assertThat(server.scrape()).contains("freshet_request_duration_seconds_count{code=\"503\",model=\"wide\"}");
        assertThat(unreadBytes()).isLessThan(2 << 20);
        assertThat(server.infer("wide", rows(1)).getString("model_name")).isEqualTo("wide");
    }

    /** Would catch requests that arrive together, and whose responses are counted only after all of them have passed. */
    @Test
    void the_limit_holds_for_responses_of_one_turn() throws Exception {
        start(new ResponseLimits(LONG, 40_000));
        RawHttp2 client = unread();
        predict(client, 1, "m", 1);
        await().until(() -> unreadBytes() > 0);
        Buffer together = Buffer.buffer();
        for (int stream = 3; stream < 2 * STREAMS; stream += 2) {
            together.appendBytes(prediction(stream, "m", 1));
        }
        client.send(together.getBytes());
        await().until(() -> ended() == STREAMS);

        assertThat(server.scrape()).contains("freshet_request_duration_seconds_count{code=\"503\",model=\"m\"}");
    }

    /** Would catch clients that fill the memory for unread responses, so that others get 503. */
    @Test
    void all_connections_have_a_limit_that_the_one_waiting_longest_pays_for() throws Exception {
        start(new ResponseLimits(LONG, 1 << 20));
        RawHttp2 first = unread();
        predict(first, 1, "wide", 1);
        await().until(() -> unreadBytes() > 100_000);
        int response = (int) unreadBytes();
        for (int i = 1; i * response <= 1 << 20; i++) {
            int unread = i + 1;
            predict(unread(), 1, "wide", 1);
            await().until(() -> unreadBytes() >= Math.min(unread * response, (1 << 20) - response));
        }

        first.readAll();

        await().until(() -> unreadBytes() <= 1 << 20);
        assertThat(server.infer("wide", rows(1)).getString("model_name")).isEqualTo("wide");
        assertThat(server.scrape()).contains("freshet_rejected_total{reason=\"unread\"} 1.0");
    }

    private void start(ResponseLimits limits) {
        server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withLimits(new Limits(1_000, 20_000, 64 << 20, LONG, 1_000).withResponses(limits)));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
        server.publish(Published.records(WIDE, "", 1, 0, 1));
    }

    private RawHttp2 unread() throws IOException {
        RawHttp2 client = new RawHttp2(server.port(), NO_WINDOW);
        clients.add(client);
        return client;
    }

    private static void predict(RawHttp2 client, int stream, String model, int rows) throws IOException {
        client.send(prediction(stream, model, rows));
    }

    private static byte[] prediction(int stream, String model, int rows) throws IOException {
        byte[] head = RawHttp2.head("POST", "/v2/models/" + model + "/infer", "content-type", "application/json");
        return Buffer.buffer(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, head))
                .appendBytes(RawHttp2.frame(
                        RawHttp2.DATA, RawHttp2.END_STREAM, stream, rows(rows).getBytes(UTF_8)))
                .getBytes();
    }

    private void assertThatItIsCutOff() {
        await().until(() -> server.scrape().contains("freshet_rejected_total{reason=\"unread\"} 1.0"));
        await().until(() -> server.scrape().contains("freshet_connections 0.0"));
        assertThat(unreadBytes()).isZero();
    }

    private double ended() {
        return sum("freshet_request_duration_seconds_count{");
    }

    private double unreadBytes() {
        return sum("freshet_responses_unread_bytes ");
    }

    private double sum(String metric) {
        return server.scrape()
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static String rows(int count) {
        return InferBodies.inputs(
                InferBodies.tensor("a", "[" + count + "]", "FP64", "[" + "1,".repeat(count - 1) + "1]"));
    }
}
