package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.RawHttp2.Response;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP requires, frame by frame, where HTTP/2 differs from HTTP/1. */
@Timeout(60)
class Http2SemanticsIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

    private final ErrorLog errors = new ErrorLog();
    private RunningServer server;
    private RawHttp2 client;
    private int stream = 1;

    @BeforeEach
    void start() throws IOException {
        server = new RunningServer();
        server.publish(Published.records(SPEC, "", 1, 0, 1));
        client = new RawHttp2(server.port(), new byte[0]);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
        assertThat(errors.messages()).isEmpty();
        errors.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v2",
                "/v2/health/live",
                "/v2/models/m",
                "/v2/models/m/stats",
                "/v2/models/m/movers",
                "/v2/openapi.json",
                "/metrics",
                "/ui/page.js",
                "/nowhere",
                "/v2/models/m/infer",
                "/v2/%zz"
            })
    void head_has_the_headers_of_get_and_no_body(String path) throws IOException {
        Response head = exchange("HEAD", path);
        Response get = exchange("GET", path);

        assertThat(head.text()).isEmpty();
        assertThat(head.status()).isEqualTo(get.status());
        assertThat(head.headers().get("content-type")).isEqualTo(get.headers().get("content-type"));
        assertThat(head.headers().contains("content-length")).isTrue();
    }

    @Test
    void headers_may_be_as_large_as_over_http1() throws IOException {
        for (int size : new int[] {8_000, 9_000, 12_000, 15_900}) {
            assertThat(exchange("GET", "/v2", "x", "x".repeat(size)).status())
                    .as("%d bytes", size)
                    .isEqualTo(200);
        }
    }

    @Test
    void larger_headers_are_rejected_with_a_message_and_other_streams_go_on() throws IOException {
        for (int size : new int[] {16_400, 20_000, 30_000}) {
            Response rejected = exchange("GET", "/v2", "x", "x".repeat(size));

            assertThat(rejected.status()).isEqualTo(431);
            assertThat(rejected.error()).isEqualTo("headers: too large (expected: up to 16384 bytes)");
        }
        Response line = exchange("GET", "/" + "x".repeat(5_000));

        assertThat(line.status()).isEqualTo(414);
        assertThat(line.error()).isEqualTo("request line: too long (expected: up to 4096 bytes)");
        assertThat(exchange("GET", "/v2").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\ry", "x\ny", "x\0y", "\r\n", "x\r\nadmin: 1"})
    void rejects_bytes_in_a_value_that_end_a_header_elsewhere(String value) throws IOException {
        Response rejected = exchange("GET", "/v2", "color", value);

        assertThat(rejected.status()).isEqualTo(400);
        assertThat(rejected.error()).matches("color: byte \\d+ in the value \\(expected: no CR, LF, or NUL\\)");
        assertThat(exchange("GET", "/v2\r\nx").status()).isEqualTo(400);
        assertThat(exchange("GET", "/v2").status()).isEqualTo(200);
    }

    @Test
    void connect_is_refused() throws IOException {
        Response refused = client.exchange(
                stream,
                RawHttp2.compressed(new DefaultHttp2Headers().method("CONNECT").authority("x:80")));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("method: CONNECT (expected: another, since the server is no proxy)");
    }

    private Response exchange(String method, String path, String... headers) throws IOException {
        byte[] head = RawHttp2.head(method, path, headers);
        List<byte[]> parts = new ArrayList<>();
        for (int from = 0; from < head.length; from += 16_000) {
            parts.add(Arrays.copyOfRange(head, from, Math.min(head.length, from + 16_000)));
        }
        for (int i = 0; i < parts.size(); i++) {
            int flags = i == 0 ? RawHttp2.END_STREAM : 0;
            client.send(RawHttp2.frame(
                    i == 0 ? RawHttp2.HEADERS : RawHttp2.CONTINUATION,
                    i == parts.size() - 1 ? flags | RawHttp2.END_HEADERS : flags,
                    stream,
                    parts.get(i)));
        }
        Response response = client.response(stream);
        stream += 2;
        assertThat(response).as("a response").isNotNull();
        return response;
    }
}
