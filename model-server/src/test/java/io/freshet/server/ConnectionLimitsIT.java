package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.server.http.ConnectionLimits;
import io.freshet.server.http.Limits;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch connections that cost nothing to open and are never closed, and streams without a limit. */
@Timeout(120)
class ConnectionLimitsIT {
    private static final String GET = "GET /ui/stream HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final int PAGES = 64;
    private static final int STREAMS = 64;
    private static final int WATCHES = 1_000;
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

    @Test
    void an_idle_connection_is_closed() throws Exception {
        start(options(LONG, SHORT));
        RawHttp http1 = http1();
        RawHttp silent = http1();
        RawHttp2 http2 = http2();
        http1.send("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        http1.readUntil("true}");

        http2.readAll();

        assertThat(http1.readBytes()).isEmpty();
        assertThat(silent.readBytes()).isEmpty();
    }

    @Test
    void a_handshake_that_does_not_end_is_cut_off(@TempDir Path directory) throws Exception {
        start(options(SHORT, LONG).withTls(TlsIdentity.in(directory).options()));
        RawHttp client = http1();
        client.send("\u0016\u0003\u0001");

        await().until(() -> !client.send("\0"));
    }

    @Test
    void one_connection_has_64_streams() throws Exception {
        start(options(LONG, LONG));
        RawHttp2 client = http2();
        for (int stream = 1; stream < 2 * STREAMS + 2; stream += 2) {
            client.send(RawHttp2.frame(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS,
                    stream,
                    RawHttp2.head("POST", "/v2/models/m/infer", "content-type", "application/json")));
        }
        RawHttp2.Frame frame = client.read();
        while (frame.type() != RawHttp2.RESET) {
            frame = client.read();
        }

        assertThat(frame.stream()).isEqualTo(2 * STREAMS + 1);
        assertThat(frame.payload()).as("REFUSED_STREAM").containsExactly(0, 0, 0, 7);
    }

    @Test
    void there_are_64_open_pages() throws Exception {
        start(options(LONG, LONG));
        for (int i = 0; i < PAGES; i++) {
            RawHttp page = http1();
            page.send(GET);
            page.readUntil("event: tick");
        }

        RawHttp.Response refused =
                RawHttp.exchange(server.port(), GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.error()).isEqualTo("open pages: 64 (expected: fewer; try again)");
    }

    @Test
    void there_are_1000_watches() throws Exception {
        start(options(LONG, LONG));
        for (int i = 0; i < WATCHES; i++) {
            int stream = 2 * (i % (STREAMS - 1)) + 1;
            if (stream == 1) {
                http2();
            }
            assertThat(watch((RawHttp2) clients.get(clients.size() - 1), stream).get("grpc-status"))
                    .isNull();
        }

        Http2Headers refused = watch(http2(), 1);

        assertThat(refused.get("grpc-status")).hasToString("14");
        assertThat(refused.get("grpc-message")).hasToString("open watches: 1000 (expected: fewer; try again)");
    }

    private static Http2Headers watch(RawHttp2 client, int stream) throws IOException {
        client.send(RawHttp2.frame(
                RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.grpc("/grpc.health.v1.Health/Watch")));
        client.send(RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[5]));
        return client.next();
    }

    private static ServerOptions options(Duration requestTime, Duration idleTime) {
        return ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withLimits(
                        Limits.of(1_000, 20_000).withConnections(new ConnectionLimits(1_000, requestTime, idleTime)));
    }

    private void start(ServerOptions options) {
        server = new RunningServer(options);
    }

    private RawHttp http1() throws IOException {
        RawHttp client = new RawHttp(server.port());
        clients.add(client);
        return client;
    }

    private RawHttp2 http2() throws IOException {
        RawHttp2 client = new RawHttp2(server.port(), new byte[0]);
        clients.add(client);
        return client;
    }
}
