package io.freshet.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.freshet.server.http.Limits;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch clients that hold a connection forever by sending a byte of a request's head now and then. */
@Timeout(60)
class HeadDeadlineIT {
    /** Long enough for a handshake on a busy machine. */
    private static final int MILLIS = 500;

    private static final ServerOptions OPTIONS = ServerOptions.of("unused:1")
            .withAddress("127.0.0.1", 0)
            .withLimits(new Limits(1_000, 20_000, 1 << 30, Duration.ofMillis(MILLIS), 100));
    private static final String GET = "GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private RunningServer server = new RunningServer(OPTIONS);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_head_that_trickles_is_cut_off_with_408() throws Exception {
        try (RawHttp client = new RawHttp(server.port())) {
            client.send("GET /v2 HTTP/1.1\r\nX: ");
            await().until(() -> !client.send("x") || client.hasReceived());

            assertThatItIsCutOff(client.readAll());
        }
        assertThat(server.scrape())
                .contains("freshet_rejected_total{reason=\"slow\"} 1.0")
                .contains("freshet_rejected_total{reason=\"invalid\"} 0.0");
    }

    @Test
    void the_next_head_of_a_connection_is_cut_off_too() throws Exception {
        try (RawHttp client = new RawHttp(server.port())) {
            client.send(GET);
            client.readUntil("true}");
            client.send(GET + "G");
            client.readUntil("true}");
            client.send("E");

            assertThatItIsCutOff(client.readAll());
        }
    }

    @Test
    void a_blank_line_that_trickles_is_the_start_of_a_head() throws Exception {
        try (RawHttp client = new RawHttp(server.port())) {
            client.send("\r\n");

            assertThatItIsCutOff(client.readAll());
        }
    }

    @Test
    void a_preface_of_http2_that_trickles_is_cut_off() throws Exception {
        for (String part : new String[] {"P", PREFACE.substring(0, 20), PREFACE, PREFACE + "\0\0\6\4\0\0"}) {
            try (RawHttp client = new RawHttp(server.port())) {
                client.send(part);
                client.readBytes();
            }
        }
        await().until(() -> server.scrape().contains("freshet_connections 0.0"));
    }

    @Test
    void a_body_that_trickles_is_cut_off_on_every_path() throws Exception {
        for (String path : new String[] {"/v2/models/m/infer", "/v2/repository/index"}) {
            try (RawHttp client = new RawHttp(server.port())) {
                client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");

                RawHttp.Response response = client.readAll();

                assertThat(response.status()).isEqualTo(408);
                assertThat(response.text()).contains("body: incomplete after " + MILLIS + " ms");
            }
        }
    }

    @Test
    void tls_changes_nothing(@TempDir Path directory) throws Exception {
        TlsIdentity identity = TlsIdentity.in(directory);
        server.close();
        server = new RunningServer(OPTIONS.withTls(identity.options()));

        try (RawHttp client = connect(identity, "http/1.1")) {
            client.send(GET);
            client.readUntil("true}");
            client.send("GET");
            assertThatItIsCutOff(client.readAll());
        }
        try (RawHttp client = connect(identity, "h2")) {
            client.send(PREFACE.substring(0, 20));
            assertThat(new String(client.readBytes(), ISO_8859_1)).doesNotContain("HTTP/1.1");
        }
    }

    @Test
    void a_connection_may_idle_between_requests() throws Exception {
        try (RawHttp idle = new RawHttp(server.port());
                RawHttp used = new RawHttp(server.port());
                RawHttp slow = new RawHttp(server.port());
                GrpcClient grpc = new GrpcClient(server.port())) {
            used.send(GET);
            assertThat(isLive(grpc)).isTrue();
            slow.send("GET");
            assertThatItIsCutOff(slow.readAll());
            await().until(() -> server.scrape().contains("freshet_connections 3.0"));

            idle.send(GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            used.send(GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));

            assertThat(idle.readAll().status()).isEqualTo(200);
            assertThat(used.readAll().text()).contains("true}HTTP/1.1 200 OK").doesNotContain("408");
            assertThat(isLive(grpc)).isTrue();
        }
    }

    /** A handshake has as little time as a head, so one that a busy machine delays is tried again. */
    private RawHttp connect(TlsIdentity identity, String protocol) {
        return await().ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> handshake(identity, protocol), Objects::nonNull);
    }

    private RawHttp handshake(TlsIdentity identity, String protocol) throws IOException {
        SSLSocket socket = (SSLSocket) identity.clients().getSocketFactory().createSocket("localhost", server.port());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo(protocol);
        return new RawHttp(socket);
    }

    private static boolean isLive(GrpcClient client) {
        return client.call(
                        "ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance())
                .getLive();
    }

    private static void assertThatItIsCutOff(RawHttp.Response response) {
        assertThat(response.status()).isEqualTo(408);
        assertThat(response.header("connection")).isEqualTo("close");
        assertThat(new JsonObject(response.text()).getString("error"))
                .isEqualTo("request head: incomplete after " + MILLIS + " ms (expected: all of it)");
    }
}
