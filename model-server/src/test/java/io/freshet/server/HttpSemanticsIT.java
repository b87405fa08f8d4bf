package io.freshet.server;

import static io.freshet.server.RawHttp.CLOSE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP itself requires, byte by byte: methods and malformed requests. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpSemanticsIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final int BODY = 8_000;
    private static final String ROW = InferBodies.inputs(InferBodies.tensor("a", "[1]", "FP64", "[1]"));

    private final ErrorLog errors = new ErrorLog();
    private RunningServer server;

    @BeforeAll
    void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(1_000, BODY)));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
    }

    @AfterAll
    void stop() {
        server.close();
        errors.close();
    }

    @AfterEach
    void nothing_that_a_client_sends_is_logged_as_an_error() {
        assertThat(errors.messages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v2",
                "/v2/health/live",
                "/v2/health/ready",
                "/v2/models",
                "/v2/models/m",
                "/metrics",
                "/ui/page.js",
                "/ui/session",
                "/ui/stream"
            })
    void head_has_the_headers_of_get_and_no_body(String path) throws IOException {
        RawHttp.Response head = exchange("HEAD " + path + " HTTP/1.1\r\n" + CLOSE);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("content-type")).isNotNull();
        assertThat(head.header("content-length") == null).isEqualTo(path.equals("/ui/stream"));
        assertThat(head.body()).isEmpty();
    }

    @Test
    void head_of_an_unknown_path_has_no_body_either() throws IOException {
        RawHttp.Response head = exchange("HEAD /nowhere HTTP/1.1\r\n" + CLOSE);

        assertThat(head.status()).isEqualTo(404);
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PATCH, /v2/models/m, GET HEAD",
        "DELETE, /v2/models/m/versions/1, GET HEAD",
        "PUT, /metrics, GET HEAD",
        "OPTIONS, /v2, GET HEAD",
        "BREW, /v2/health/live, GET HEAD",
        "TRACE, /v2, GET HEAD",
        "GET, /v2/models/m/infer, POST",
        "HEAD, /v2/models/m/versions/1/infer, POST",
    })
    void names_the_allowed_methods(String method, String path, String allowed) throws IOException {
        RawHttp.Response response = exchange(method + " " + path + " HTTP/1.1\r\n" + CLOSE);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("allow").split(", ?")).containsExactlyInAnyOrder(allowed.split(" "));
        if (!method.equals("HEAD")) {
            assertThat(response.error()).startsWith("method: " + method + " (expected: ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v2/models/%zz",
                "GET /v2/models/%",
                "GET /v2/models/m%2",
                "GET /v2/models/m?key=%zz",
                "GET /v2/models/m?key=%",
                "GET /v2/models/m/ready?key=%f",
                "GET /%zz",
                "POST /v2/models/%zz/infer",
                "POST /v2/models/m/versions/%/infer"
            })
    void rejects_an_invalid_escape(String target) throws IOException {
        RawHttp.Response response = exchange(target + " HTTP/1.1\r\nContent-Length: 0\r\n" + CLOSE);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.error())
                .startsWith("target: /")
                .endsWith(" (expected: % followed by two hexadecimal digits)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v2\r\n\r\n",
                "GET\r\n\r\n",
                "\r\n\r\nnonsense\r\n\r\n",
                "GET /v2 HTTP/2.0\r\nHost: x\r\n\r\n",
                "GET /v2 HTTP/0.9\r\nHost: x\r\n\r\n",
                "GET /v2 HTTP/1.2\r\nHost: x\r\n\r\n",
                "GET /v2 HTTP/9\r\nHost: x\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
                "GET /v2 HTTP/1.1\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: x\r\nna me: x\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: x\r\n: x\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "0\r\n\r\nGET /v2 HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"
                        + "2\r\n{}\r\n0\r\n\r\n",
                "POST /v2/models/m/infer HTTP/01.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "0\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
            })
    void rejects_a_malformed_request_and_closes_the_connection(String request) throws IOException {
        RawHttp.Response response = exchange(request);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.error()).isNotBlank();
        assertThat(response.head()).as("a version that the server speaks").matches("(?s)HTTP/1\\.[01] .*");
    }

    @Test
    void rejects_a_long_line_long_headers_and_an_unknown_expectation() throws IOException {
        RawHttp.Response line = exchange("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n" + CLOSE);
        RawHttp.Response headers = exchange("GET /v2 HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n" + CLOSE);
        RawHttp.Response expectation = exchange("GET /v2 HTTP/1.1\r\nExpect: miracle\r\n" + CLOSE);

        assertThat(line.status()).isEqualTo(414);
        assertThat(line.error()).isEqualTo("request line: too long (expected: up to 4096 bytes)");
        assertThat(headers.status()).isEqualTo(431);
        assertThat(headers.error()).isEqualTo("headers: too large (expected: up to 16384 bytes)");
        assertThat(expectation.status()).isEqualTo(417);
        assertThat(expectation.error()).isEqualTo("Expect: miracle (expected: 100-continue)");
    }

    /** Would catch headers of a few bytes, each of which takes a hundred in memory. */
    @Test
    void rejects_many_headers() throws IOException {
        String header = "a:\r\n";

        assertThat(exchange("GET /v2 HTTP/1.1\r\n" + header.repeat(510) + CLOSE).status())
                .as("two more end it")
                .isEqualTo(200);
        assertThat(exchange("GET /v2 HTTP/1.1\r\n" + header.repeat(511) + CLOSE).status())
                .isEqualTo(431);
    }

    @Test
    void sends_100_continue_before_the_body() throws IOException {
        RawHttp.Response response =
                exchange("POST /v2/models/m/infer HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: " + ROW.length()
                        + "\r\n" + CLOSE + ROW);

        assertThat(response.status()).isEqualTo(100);
        assertThat(response.text()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void accepts_http_1_0_without_a_host_an_absolute_target_and_a_leading_zero() throws IOException {
        assertThat(exchange("GET /v2 HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
        assertThat(exchange("GET http://x/v2 HTTP/1.1\r\n" + CLOSE).status()).isEqualTo(200);
        assertThat(exchange("GET /v2 HTTP/01.1\r\n" + CLOSE).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT x:80", "OPTIONS *", "GET x", "GET /%2e%2e/%2e%2e/etc/passwd"})
    void unusual_targets_are_errors_of_the_client(String target) throws IOException {
        RawHttp.Response response = exchange(target + " HTTP/1.1\r\n" + CLOSE);

        assertThat(response.status()).isBetween(400, 405);
        assertThat(response.error()).isNotBlank();
    }

    @Test
    void an_upgrade_that_is_not_offered_is_ignored() throws IOException {
        for (String protocol : List.of("websocket", "h2c")) {
            RawHttp.Response responses = exchange("GET /v2 HTTP/1.1\r\nUpgrade: " + protocol
                    + "\r\nConnection: Upgrade\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nHost: x\r\n\r\n"
                    + "GET /v2 HTTP/1.1\r\n" + CLOSE);

            assertThat(responses.status()).isEqualTo(200);
            assertThat(responses.text()).contains("}HTTP/1.1 200 ");
        }
    }

    @Test
    void a_connection_that_the_client_resets_is_not_an_error() throws IOException {
        for (String part : List.of(
                "GET",
                "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
                "POST /v2/repository/index HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")) {
            try (RawHttp client = new RawHttp(server.port())) {
                client.send(part);
                await().until(() -> server.scrape().contains("freshet_connections 1.0"));
                client.reset();
            }
            await().until(() -> server.scrape().contains("freshet_connections 0.0"));
        }
    }

    @Test
    void explains_the_content_type_that_curl_sends() throws IOException {
        RawHttp.Response response = RawHttp.post(
                server.port(),
                "/v2/models/m/infer",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                ROW.getBytes(UTF_8));

        assertThat(response.status()).isEqualTo(415);
        assertThat(response.error())
                .isEqualTo("Content-Type: application/x-www-form-urlencoded"
                        + " (expected: application/json; with curl, -H 'Content-Type: application/json')");
    }

    private RawHttp.Response exchange(String request) throws IOException {
        return RawHttp.exchange(server.port(), request);
    }
}
