package io.freshet.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compressed requests and responses. */
@Timeout(60)
class HttpCompressionIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final int BODY = 8_000;
    private static final String ROW = rows(1);

    private static ErrorLog errors;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        errors = new ErrorLog();
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(1_000, BODY)));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
    }

    @AfterAll
    static void stop() {
        server.close();
        errors.close();
    }

    @AfterEach
    void nothing_that_a_client_sends_is_logged_as_an_error() {
        assertThat(errors.messages()).isEmpty();
    }

    @Test
    void compresses_a_response_on_request() throws IOException {
        byte[] body = rows(1_000).getBytes(UTF_8);
        RawHttp.Response plain = infer("", body);
        RawHttp.Response compressed = infer("Accept-Encoding: gzip\r\n", body);

        assertThat(plain.header("content-encoding")).isNull();
        assertThat(compressed.header("content-encoding")).isEqualTo("gzip");
        assertThat(compressed.header("vary")).isEqualToIgnoringCase("accept-encoding");
        assertThat(gunzip(compressed)).isEqualTo(plain.text());
        assertThat(gunzip(RawHttp.exchange(
                        server.port(), "GET /metrics HTTP/1.1\r\nAccept-Encoding: gzip\r\n" + RawHttp.CLOSE)))
                .contains("# TYPE jvm_memory_used_bytes gauge");
    }

    @Test
    void accepts_a_compressed_body() throws IOException {
        String rows = rows(100);

        assertThat(infer("Content-Encoding: gzip\r\n", gzip(rows)).text())
                .isEqualTo(infer("", rows.getBytes(UTF_8)).text());
        assertThat(infer("Content-Encoding: identity\r\n", ROW.getBytes(UTF_8)).status())
                .isEqualTo(200);
    }

    @Test
    void rejects_a_compressed_body_that_is_too_large_cut_off_or_nonsense() throws IOException {
        byte[] bomb = gzip(" ".repeat(1 << 20));
        byte[] cut = gzip(ROW);
        RawHttp.Response large = infer("Content-Encoding: gzip\r\n", bomb);
        RawHttp.Response shortened = infer("Content-Encoding: gzip\r\n", Arrays.copyOf(cut, cut.length - 10));
        RawHttp.Response nonsense = infer("Content-Encoding: gzip\r\n", ROW.getBytes(UTF_8));
        RawHttp.Response other = infer("Content-Encoding: br\r\n", ROW.getBytes(UTF_8));

        assertThat(bomb.length).isLessThan(BODY);
        assertThat(large.status()).isEqualTo(413);
        assertThat(shortened.status()).isEqualTo(400);
        assertThat(shortened.error()).startsWith("body: ").endsWith(" (expected: gzip)");
        assertThat(nonsense.status()).isEqualTo(400);
        assertThat(nonsense.error()).startsWith("body: ").endsWith(" (expected: gzip)");
        assertThat(other.status()).isEqualTo(415);
        assertThat(other.error()).isEqualTo("Content-Encoding: br (expected: gzip or none)");
    }

    private static RawHttp.Response infer(String headers, byte[] body) throws IOException {
        return RawHttp.post(server.port(), "/v2/models/m/infer", headers, body);
    }

    private static String rows(int count) {
        return InferBodies.inputs(
                InferBodies.tensor("a", "[" + count + "]", "FP64", "[" + "1,".repeat(count - 1) + "1]"));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream to = new GZIPOutputStream(bytes)) {
            to.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String gunzip(RawHttp.Response response) throws IOException {
        byte[] body =
                "chunked".equals(response.header("transfer-encoding")) ? unchunk(response.body()) : response.body();
        return new String(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(), UTF_8);
    }

    private static byte[] unchunk(byte[] body) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        String text = new String(body, ISO_8859_1);
        int position = 0;
        while (true) {
            int end = text.indexOf("\r\n", position);
            int size = Integer.parseInt(text.substring(position, end), 16);
            if (size == 0) {
                return content.toByteArray();
            }
            content.write(body, end + 2, size);
            position = end + 2 + size + 2;
        }
    }
}
