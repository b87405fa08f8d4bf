package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that open much and finish nothing. Would catch limits that lock out everyone else. */
@Timeout(120)
class HttpFloodIT {
    private static final String INFER = "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\n";
    private static final String CLOSE = "Host: x\r\nConnection: close\r\n\r\n";
    private static final int BODY = 20_000;
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final ModelSpec WIDE = ModelSpec.parse("{name: wide, label: y,"
            + " loss: sparse-categorical-cross-entropy, outputs: 50000, features: {numeric: [a]}}");

    private final List<RawHttp> clients = new ArrayList<>();
    private RunningServer server = start(10_000);

    @AfterEach
    void stop() throws IOException {
        for (RawHttp client : clients) {
            client.close();
        }
        server.close();
    }

    @Test
    void unfinished_requests_do_not_count_against_others() throws Exception {
        for (int i = 0; i < 600; i++) {
            connect().send(INFER + (i % 2 == 0 ? "Content-Length: 4000" : "Transfer-Encoding: chunked") + "\r\n\r\n");
        }
        for (int i = 0; i < 100; i++) {
            connect().send("POST /v2/models/m/infer HTTP/1.1\r\nHost:");
        }
        awaitConnections(700);

        assertThatOthersAreServed();
        assertThat(server.scrape()).contains("freshet_requests_in_flight 0.0");
    }

    @Test
    void thousands_of_idle_connections_do_not_count_against_others() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            connect();
        }
        awaitConnections(3_000);

        assertThatOthersAreServed();
    }

    @Test
    void bodies_that_trickle_do_not_count_against_others() throws Exception {
        for (int i = 0; i < 300; i++) {
            connect().send(INFER + "Content-Length: 4000\r\n\r\n{");
        }
        awaitConnections(300);
        for (int round = 0; round < 3; round++) {
            for (RawHttp client : clients) {
                client.send(" ");
            }
            assertThatOthersAreServed();
        }
    }

    @Test
    void endless_chunks_are_cut_off_on_every_path() throws Exception {
        server.close();
        server = start(10_000, Duration.ofSeconds(1));
        for (String path : List.of("/v2/models/m/infer", "/v2/models/nobody/infer", "/nowhere", "/v2")) {
            RawHttp client = connect();
            client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunks = "1\r\n \r\n".repeat(1_000);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !client.send(chunks));
        }
        assertThatOthersAreServed();
        await().until(() -> connections() == 0);
    }

    @Test
    void one_connection_too_many_is_refused_and_none_is_when_another_closes() throws Exception {
        server.close();
        server = start(3);
        for (int i = 0; i < 3; i++) {
            connect();
        }
        awaitConnections(3);

        RawHttp.Response refused = RawHttp.exchange(server.port(), "");
        clients.remove(0).close();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("retry-after")).isEqualTo("1");
        assertThat(refused.text()).isEqualTo("{\"error\":\"open connections: 3 (expected: fewer; try again)\"}");
        await().untilAsserted(() -> assertThat(RawHttp.exchange(server.port(), "GET /v2 HTTP/1.1\r\n" + CLOSE)
                        .status())
                .isEqualTo(200));
    }

    /** Would catch metrics and health that wait in line behind predictions. */
    @Test
    void metrics_and_health_do_not_wait_for_predictions() throws Exception {
        server.publish(Published.records(WIDE, "", 1, 0, 1));
        HttpClient client = HttpClient.newHttpClient();
        String body = rows(20);
        List<CompletableFuture<HttpResponse<Void>>> responses = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            HttpRequest request = server.request("/v2/models/wide/infer")
                    .POST(BodyPublishers.ofString(body))
                    .build();
            responses.add(client.sendAsync(request, BodyHandlers.discarding()));
        }
        await().until(() -> inFlight(server.scrape()) > 50);

        String metrics = server.get("/metrics").body();
        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(200);

        assertThat(inFlight(metrics))
                .as("predictions that were still in flight")
                .isGreaterThan(10);
        for (CompletableFuture<HttpResponse<Void>> response : responses) {
            assertThat(response.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void requests_beyond_the_limit_are_told_to_try_again() throws Exception {
        server.publish(Published.records(WIDE, "", 1, 0, 1));
        String body = rows(20);
        for (int i = 0; i < 400; i++) {
            connect()
                    .send("POST /v2/models/wide/infer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
        }
        String busy = "freshet_request_duration_seconds_count{code=\"503\",model=\"wide\"}";
        await().atMost(Duration.ofSeconds(60)).until(() -> server.scrape().contains(busy));

        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(200);
        RawHttp.Response rejected = null;
        for (int i = clients.size() - 1; rejected == null || rejected.status() == 200; i--) {
            rejected = clients.get(i).readAll();
        }
        assertThat(rejected.status()).isEqualTo(503);
        assertThat(rejected.header("retry-after")).isEqualTo("1");
        assertThat(rejected.text())
                .matches("\\{\"error\":\"requests in flight: \\d+ \\(expected: up to 256; try again\\)\"}");
    }

    private static RunningServer start(int connections) {
        return start(connections, Duration.ofSeconds(100));
    }

    private static RunningServer start(int connections, Duration time) {
        RunningServer server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withLimits(new Limits(1_000, BODY, 4L << 30, time, connections)));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
        return server;
    }

    private RawHttp connect() throws IOException {
        RawHttp client = new RawHttp(server.port());
        clients.add(client);
        return client;
    }

    private void assertThatOthersAreServed() throws Exception {
        assertThat(infer().status()).isEqualTo(200);
        for (String path : List.of("/v2/health/ready", "/metrics", "/v2/models/m")) {
            assertThat(RawHttp.exchange(server.port(), "GET " + path + " HTTP/1.1\r\n" + CLOSE)
                            .status())
                    .as(path)
                    .isEqualTo(200);
        }
    }

    private RawHttp.Response infer() throws IOException {
        String row = rows(1);
        return RawHttp.exchange(
                server.port(),
                "POST /v2/models/m/infer HTTP/1.1\r\nContent-Length: " + row.getBytes(UTF_8).length + "\r\n" + CLOSE
                        + row);
    }

    private void awaitConnections(int count) {
        await().until(() -> connections() >= count);
    }

    private double connections() {
        return value(server.scrape(), "freshet_connections ");
    }

    private static double inFlight(String metrics) {
        return value(metrics, "freshet_requests_in_flight ");
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static String rows(int count) {
        return InferBodies.inputs(
                InferBodies.tensor("a", "[" + count + "]", "FP64", "[" + "1,".repeat(count - 1) + "1]"));
    }
}
