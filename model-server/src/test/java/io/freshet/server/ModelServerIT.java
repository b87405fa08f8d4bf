package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole server without a broker: its port, token, certificate, and shutdown. */
@Timeout(60)
class ModelServerIT {
    /** Nothing listens on port 1. */
    private static final ServerOptions OPTIONS = ServerOptions.of("127.0.0.1:1").withAddress("127.0.0.1", 0);

    @Test
    void is_live_but_not_ready_without_a_broker() throws Exception {
        try (ModelServer server = ModelServer.start(OPTIONS)) {
            assertThat(get(server, "/v2/health/live", null).statusCode()).isEqualTo(200);
            assertThat(get(server, "/v2/health/ready", null).statusCode()).isEqualTo(503);
            assertThat(server.latestEvaluations().models()).isEmpty();
        }
    }

    @Test
    void names_a_port_in_use_and_the_option_that_changes_it() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> ModelServer.start(OPTIONS.withAddress("127.0.0.1", port)))
                    .isInstanceOf(PortInUseException.class)
                    .hasMessage("port: 127.0.0.1:" + port
                            + " is in use (expected: a free one; choose another with --port)");
        }
    }

    @Test
    void names_an_address_of_another_host() {
        assertThatThrownBy(() -> ModelServer.start(OPTIONS.withAddress("192.0.2.1", 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("host: 192.0.2.1:0 (expected: an address that the server may listen on): ");
    }

    @Test
    void names_an_invalid_setting_of_kafka_but_no_secret() {
        assertThatThrownBy(() -> ModelServer.start(OPTIONS.withKafka(Map.of("security.protocol", "TSL"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kafka: Invalid value TSL for configuration security.protocol");
        assertThatThrownBy(() -> ModelServer.start(OPTIONS.withKafka(Map.of(
                        "security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config", "hush"))))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("kafka: ")
                .contains("JAAS")
                .doesNotContain("hush");
    }

    @Test
    void close_frees_the_port_and_ends_all_threads() throws Exception {
        ModelServer server = ModelServer.start(OPTIONS);
        int port = server.port();
        server.close();
        server.close();

        try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(Thread::isAlive)
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("vert.x-") || name.startsWith("follow "));
    }

    @Test
    void requires_the_token_for_everything_but_health() throws Exception {
        try (ModelServer server = ModelServer.start(OPTIONS.withToken("s3cret"))) {
            for (String path : List.of(
                    "/", "/v2", "/v2/models", "/v2/models/m", "/metrics", "/ui/stream", "/ui/page.js", "/nowhere")) {
                HttpResponse<String> none = get(server, path, null);
                assertThat(none.statusCode()).as(path).isEqualTo(401);
                assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"freshet\"");
                assertThat(none.body())
                        .startsWith("{\"error\":\"Authorization: ")
                        .doesNotContain("s3cret");
                assertThat(get(server, path, "Bearer s3cre").statusCode()).isEqualTo(401);
                assertThat(get(server, path, "Basic s3cret").statusCode()).isEqualTo(401);
            }
            for (String path : List.of("/", "/v2", "/v2/models", "/metrics", "/ui/page.js")) {
                assertThat(get(server, path, "bearer s3cret").statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
            assertThat(get(server, "/v2/health/live", null).statusCode()).isEqualTo(200);
            assertThat(get(server, "/v2/health/ready", null).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void a_browser_that_sends_the_token_once_gets_a_cookie_for_everything() throws Exception {
        try (ModelServer server = ModelServer.start(OPTIONS.withToken("s3cret"))) {
            assertThat(send(server, "POST", "/ui/session", "Authorization", "Bearer wrong")
                            .statusCode())
                    .isEqualTo(401);
            String cookie = send(server, "POST", "/ui/session", "Authorization", "Bearer s3cret")
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow();
            assertThat(cookie)
                    .startsWith("freshet-session=")
                    .contains("; Path=/", "; HTTPOnly", "; SameSite=Strict")
                    .doesNotContain("s3cret")
                    .doesNotContain("Secure");
            String value = cookie.substring(0, cookie.indexOf(';'));
            for (String path : List.of("/", "/v2/models", "/metrics", "/ui/page.js", "/models/m")) {
                assertThat(send(server, "GET", path, "Cookie", value).statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
            assertThat(send(server, "GET", "/", "Cookie", value + "0").statusCode())
                    .isEqualTo(401);
        }
    }

    /** Would catch another site whose form or script changes models with the reader's cookie. */
    @Test
    void a_request_with_a_cookie_changes_something_only_if_it_is_from_a_page_of_this_server() throws Exception {
        try (ModelServer server = ModelServer.start(OPTIONS.withToken("s3cret"))) {
            String cookie = send(server, "POST", "/ui/session", "Authorization", "Bearer s3cret")
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow()
                    .replaceFirst(";.*", "");
            String index = "/v2/repository/index";
            String here = "http://127.0.0.1:" + server.port();

            assertThat(send(server, "POST", index, "Cookie", cookie, "Origin", here)
                            .statusCode())
                    .isEqualTo(200);
            for (String origin : List.of("http://evil.example", here + "0", "http://evil.example/" + here, "null")) {
                HttpResponse<String> response = send(server, "POST", index, "Cookie", cookie, "Origin", origin);
                assertThat(response.statusCode()).as(origin).isEqualTo(403);
                assertThat(response.body()).startsWith("{\"error\":\"Origin: " + origin);
            }
            assertThat(send(server, "POST", index, "Cookie", cookie).statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void a_browser_without_the_token_is_sent_to_where_it_can_sign_in() throws Exception {
        try (ModelServer server = ModelServer.start(OPTIONS.withToken("s3cret"))) {
            HttpResponse<String> response = send(server, "GET", "/models/m", "Accept", "text/html,*/*;q=0.8");

            assertThat(response.statusCode()).isEqualTo(302);
            assertThat(response.headers().firstValue("Location")).hasValue("/ui/sign-in?to=%2Fmodels%2Fm");
            assertThat(get(server, "/ui/sign-in", null).body()).contains("Sign in");
        }
    }

    @Test
    void another_spelling_of_the_path_does_not_bypass_the_token() throws Exception {
        try (ModelServer server = ModelServer.start(OPTIONS.withToken("s3cret"))) {
            for (String path :
                    List.of("/v2/health/live/../../models", "/v2/health/live%2F..%2F..%2Fmodels", "//v2/models")) {
                assertThat(raw(server, path)).as(path).doesNotStartWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void speaks_tls_with_a_certificate(@TempDir Path directory) throws Exception {
        TlsIdentity identity = TlsIdentity.in(directory);

        try (ModelServer server = ModelServer.start(OPTIONS.withTls(identity.options()))) {
            HttpResponse<String> response = HttpClient.newBuilder()
                    .sslContext(identity.clients())
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/v2/health/live"))
                                    .build(),
                            BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            try (GrpcClient grpc = new GrpcClient(NettyChannelBuilder.forAddress("localhost", server.port())
                    .sslContext(GrpcSslContexts.forClient()
                            .trustManager(identity.options().certificate().toFile())
                            .build()))) {
                assertThat(grpc.call(
                                        "ServerLive",
                                        ServerLiveRequest.getDefaultInstance(),
                                        ServerLiveResponse.getDefaultInstance())
                                .getLive())
                        .isTrue();
            }
        }
    }

    @Test
    void speaks_only_http_1_without_tls() throws Exception {
        try (ModelServer server = ModelServer.start(OPTIONS)) {
            assertThat(get(server, "/v2/health/live", null).version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void names_a_file_of_tls_that_is_not_usable(@TempDir Path directory) throws Exception {
        ServerOptions.Tls valid = TlsIdentity.in(directory).options();
        Path nonsense = Files.writeString(directory.resolve("nonsense.pem"), "nonsense");
        Path empty = Files.createFile(directory.resolve("empty.pem"));

        for (Path invalid : List.of(nonsense, empty, valid.key())) {
            assertThatThrownBy(() -> startWithTls(invalid, valid.key()))
                    .hasMessage("tlsCertificate: " + invalid + " (expected: a certificate chain in PEM)");
        }
        assertThatThrownBy(() -> startWithTls(valid.certificate(), valid.certificate()))
                .hasMessageStartingWith("tlsKey: " + valid.certificate()
                        + " (expected: a private key in PEM, PKCS #8, without a password): Missing");
    }

    /** TLS itself would accept such a key, and fail with each client. */
    @Test
    void does_not_start_with_the_key_of_another_certificate(@TempDir Path directory) throws Exception {
        Path certificate = TlsIdentity.in(directory).options().certificate();
        Path key = TlsIdentity.in(Files.createDirectory(directory.resolve("other")))
                .options()
                .key();

        assertThatThrownBy(() -> startWithTls(certificate, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tlsKey: " + key + " (expected: the private key of " + certificate + ")");
    }

    private static void startWithTls(Path certificate, Path key) {
        ModelServer.start(OPTIONS.withTls(new ServerOptions.Tls(certificate, key)))
                .close();
    }

    private static HttpResponse<String> get(ModelServer server, String path, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> send(ModelServer server, String method, String path, String... headers)
            throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                                .header("Content-Type", "application/json")
                                .headers(headers)
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
    }

    /** Sends a path unchanged, where HTTP clients would normalize it. */
    private static String raw(ModelServer server, String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
