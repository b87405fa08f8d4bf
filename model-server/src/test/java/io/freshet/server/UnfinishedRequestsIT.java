package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.ResponseLimits;
import io.freshet.server.http.Limits;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch clients that keep a connection or stream forever with a body that nobody reads, or a head that never ends. */
@Timeout(120)
class UnfinishedRequestsIT {
    /** No table of headers, so that responses that are skipped do not matter to the next. */
    private static final byte[] NO_TABLE = {0, 1, 0, 0, 0, 0};

    private static final Duration TIME = Duration.ofMillis(200);
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

    private final ErrorLog errors = new ErrorLog();
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withLimits(new Limits(1_000, 20_000, 1 << 30, TIME, 100)
                        .withResponses(new ResponseLimits(Duration.ofSeconds(100), 1 << 30))));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(errors.messages()).isEmpty();
        errors.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2",
        "HEAD, /v2",
        "GET, /metrics",
        "GET, /",
        "GET, /ui/stream",
        "GET, /ui/session",
        "GET, /nowhere",
        "GET, /%zz",
        "POST, /v2",
        "POST, /v2/models/m/learn",
        "POST, /v2/models/nobody/infer",
        "POST, /v2/models/m/infer",
        "POST, /v2/repository/index",
        "DELETE, /v2/repository/models/m/labels/canary",
    })
    void a_body_that_trickles_is_cut_off(String method, String path) throws Exception {
        try (RawHttp client = new RawHttp(server.port())) {
            client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n");

            await().until(() -> !client.send("x"));
        }
        try (RawHttp2 client = new RawHttp2(server.port(), NO_TABLE)) {
            client.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.head(method, path)));
            client.send(RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[] {'x'}));

            assertThat(isReset(client)).isTrue();
            assertThat(client.exchange(3, RawHttp2.head("GET", "/v2")).status())
                    .as("another stream")
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.health.v1.Health/None",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/inference.GRPCInferenceService/ModelInfer",
    })
    void a_message_that_trickles_is_cut_off(String path) throws Exception {
        try (RawHttp2 client = new RawHttp2(server.port(), NO_TABLE)) {
            client.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.grpc(path)));
            client.send(RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[] {0}));

            assertThat(isReset(client)).isTrue();
        }
    }

    @Test
    void a_head_without_an_end_is_cut_off() throws Exception {
        byte[] head = RawHttp2.head("GET", "/v2");
        byte[] start = RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, head);
        byte[] more = RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[] {0, 1, 'x', 1, 'y'});
        byte[] whole = RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, head);

        for (byte[] part :
                new byte[][] {start, join(start, more), Arrays.copyOf(whole, 3), Arrays.copyOf(whole, 12), {0, 0, 8, 6}
                }) {
            try (RawHttp2 client = new RawHttp2(server.port(), NO_TABLE)) {
                client.send(part);

                client.readAll();
            }
        }
        await().until(() -> server.scrape().contains("freshet_rejected_total{reason=\"slow\"} 5.0"));
    }

    @Test
    void a_head_that_trickles_is_cut_off() throws Exception {
        try (RawHttp2 client = new RawHttp2(server.port(), NO_TABLE)) {
            client.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.head("GET", "/v2")));
            byte[] more = RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]);

            await().until(() -> !client.send(more));
        }
    }

    /** Returns whether the server ends the first stream before it ends the connection. */
    private static boolean isReset(RawHttp2 client) throws IOException {
        for (RawHttp2.Frame frame = client.read(); frame != null; frame = client.read()) {
            if (frame.type() == RawHttp2.RESET && frame.stream() == 1) {
                return true;
            }
        }
        return false;
    }

    private static byte[] join(byte[] first, byte[] second) {
        return Buffer.buffer(first).appendBytes(second).getBytes();
    }
}
