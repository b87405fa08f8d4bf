package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.freshet.server.grpc.proto.ServerMetadataRequest;
import io.freshet.server.http.Limits;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The limits on the memory of requests. Would catch bodies that together exceed the heap, and tickets that are never
 * released.
 */
@Timeout(60)
class InferAdmissionIT {
    private static final int BODY = 20_000;
    private static final int HELD = 30_000;
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final String CLASSES =
            "{name: %s, label: y," + " loss: sparse-categorical-cross-entropy, outputs: %d, features: {numeric: [a]}}";
    private static final ModelSpec WIDER = ModelSpec.parse(CLASSES.formatted("wider", 50_000));
    private static final String ONE_ROW = rows(1);

    private RunningServer server = start(new Limits(1_000, BODY, HELD, Duration.ofSeconds(40), 100));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_body_holds_the_bytes_received_until_its_client_disconnects() throws Exception {
        String large = ONE_ROW + " ".repeat(BODY - ONE_ROW.length());
        try (Socket slow = begin("Content-Length: " + BODY)) {
            assertThat(infer(large).statusCode()).isEqualTo(200);
            awaitHeld(0);
            slow.getOutputStream().write(" ".repeat(HELD - BODY + 1).getBytes(UTF_8));
            awaitHeld(HELD - BODY + 1);

            HttpResponse<String> rejected = infer(large);
            assertThat(rejected.statusCode()).isEqualTo(503);
            assertThat(rejected.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(new JsonObject(rejected.body()).getString("error"))
                    .matches("bytes of requests in flight: 3\\d{4} \\(expected: up to 30000; try again\\)");
            assertThat(infer(ONE_ROW).statusCode()).isEqualTo(200);
        }
        await().untilAsserted(() -> assertThat(infer(large).statusCode()).isEqualTo(200));
    }

    /** Otherwise, whoever starts and stops servers would restart one that is busy. */
    @Test
    void health_checks_do_not_share_the_memory_of_predictions() throws Exception {
        try (Socket first = begin("Content-Length: " + BODY);
                Socket second = begin("Content-Length: " + BODY);
                GrpcClient client = new GrpcClient(server.port())) {
            first.getOutputStream().write(" ".repeat(BODY - 1).getBytes(UTF_8));
            second.getOutputStream().write(" ".repeat(HELD - BODY + 1).getBytes(UTF_8));
            awaitHeld(HELD);

            assertThat(client.failure("ServerMetadata", ServerMetadataRequest.getDefaultInstance()))
                    .startsWith("UNAVAILABLE: bytes of requests in flight: ");
            assertThat(client.call(
                                    "ServerLive",
                                    ServerLiveRequest.getDefaultInstance(),
                                    ServerLiveResponse.getDefaultInstance())
                            .getLive())
                    .isTrue();
        }
    }

    @Test
    void a_compressed_body_also_holds_the_bytes_that_it_may_decompress_to() throws Exception {
        server.close();
        server = start(new Limits(1_000, BODY, BODY, Duration.ofSeconds(40), 100));

        HttpResponse<String> response = server.send(server.request("/v2/models/m/infer")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString(ONE_ROW)));

        assertThat(response.statusCode()).isEqualTo(503);
    }

    /** Would catch responses that count as requests while their clients do not read them. */
    @Test
    void a_request_holds_nothing_when_its_response_is_handed_to_the_connection() throws Exception {
        server.close();
        server = start(new Limits(1_000, BODY, 1 << 30, Duration.ofSeconds(40), 100));
        server.publish(Published.records(WIDER, "", 1, 0, 1));
        String rows = rows(20);
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(8_192);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            slow.getOutputStream()
                    .write(("POST /v2/models/wider/infer HTTP/1.1\r\nHost: x\r\nContent-Length: " + rows.length()
                                    + "\r\n\r\n" + rows)
                            .getBytes(UTF_8));
            assertThat(slow.getInputStream().read()).isEqualTo('H');
            await().until(() -> !server.scrape().contains("freshet_responses_unread_bytes 0.0"));

            assertThat(server.scrape())
                    .contains("freshet_requests_in_flight 0.0")
                    .contains("freshet_requests_held_bytes 0.0");
        }
        await().until(() -> server.scrape().contains("freshet_responses_unread_bytes 0.0"));
    }

    /** Would catch clients that stay in flight by sending a byte now and then, which restarts the idle timeout. */
    @Test
    void rejects_a_slow_body_and_closes_its_connection() throws Exception {
        server.close();
        server = start(new Limits(1_000, BODY, HELD, Duration.ofMillis(200), 100));
        try (Socket slow = begin("Content-Length: " + BODY)) {
            slow.getOutputStream().write(ONE_ROW.getBytes(UTF_8));
            String response = new String(slow.getInputStream().readAllBytes(), UTF_8);

            assertThat(response)
                    .startsWith("HTTP/1.1 408 ")
                    .containsIgnoringCase("connection: close")
                    .endsWith("{\"error\":\"body: incomplete after 200 ms (expected: the whole body)\"}");
        }
        awaitInFlight(0);
        assertThat(server.get("/metrics").body().lines())
                .contains(
                        "freshet_request_duration_seconds_count{code=\"408\",model=\"m\"} 1",
                        "freshet_rejected_total{reason=\"slow\"} 1.0")
                .contains("freshet_rejected_total{reason=\"failed\"} 0.0");
        assertThat(infer(ONE_ROW).statusCode()).isEqualTo(200);
    }

    @Test
    void a_client_that_disconnects_while_sending_is_not_a_success() throws Exception {
        try (Socket slow = begin("Content-Length: " + BODY)) {
            slow.getOutputStream().write(ONE_ROW.getBytes(UTF_8));
        }
        String ended = "freshet_request_duration_seconds_count{code=\"499\",model=\"m\"} 1";
        await().until(() -> server.scrape().contains(ended));

        assertThat(server.scrape().lines())
                .contains("freshet_request_duration_seconds_count{code=\"499\",model=\"m\"} 1")
                .noneMatch(line -> line.startsWith("freshet_request_duration_seconds_count{code=\"200\""))
                .noneMatch(line -> line.startsWith("freshet_rejected_total") && !line.endsWith(" 0.0"));
    }

    private static RunningServer start(Limits limits) {
        RunningServer server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(limits));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
        return server;
    }

    /** Returns a connection that has sent the headers of a request, but not its body. */
    private Socket begin(String length) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream()
                .write(("POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\n" + length + "\r\n\r\n").getBytes(UTF_8));
        return socket;
    }

    private static String rows(int count) {
        return InferBodies.inputs(
                InferBodies.tensor("a", "[" + count + "]", "FP64", "[" + "1,".repeat(count - 1) + "1]"));
    }

    private HttpResponse<String> infer(String body) throws Exception {
        return server.post("/v2/models/m/infer", body);
    }

    private void awaitHeld(int bytes) {
        await().untilAsserted(() ->
                assertThat(server.scrape().lines()).contains("freshet_requests_held_bytes " + bytes + ".0"));
    }

    private void awaitInFlight(int requests) {
        await().untilAsserted(() ->
                assertThat(server.get("/metrics").body()).contains("freshet_requests_in_flight " + requests + ".0"));
    }
}
