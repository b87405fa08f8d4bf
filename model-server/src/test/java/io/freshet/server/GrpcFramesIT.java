package io.freshet.server;

import static io.freshet.server.GrpcRequests.fp64;
import static io.freshet.server.GrpcRequests.input;
import static io.freshet.server.GrpcRequests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Broken frames and connections of gRPC: each gets a status, and none is an error of the server. */
@Timeout(60)
class GrpcFramesIT {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        server.publish(ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}"), 1);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void malformed_frames_get_a_status() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            HttpClient http2 = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));

            assertThat(status(http2, Buffer.buffer(), null)).isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {0, 0, 0}), null)).isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {0, 0, 0, 0}), null))
                    .isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {2, 0, 0, 0, 0}), null))
                    .isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {0, 0, 0, 0, 9, 1}), null))
                    .isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {0, 127, -1, -1, -1, 1}), null))
                    .isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {0, 0, 0, 0, 1, -1}), null))
                    .isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {1, 0, 0, 0, 1, -1}), null))
                    .isEqualTo("12");
            assertThat(status(http2, Buffer.buffer(new byte[] {1, 0, 0, 0, 1, -1}), "gzip"))
                    .isEqualTo("3");
            assertThat(status(http2, Buffer.buffer(new byte[] {1, 0, 0, 0, 1, -1}), "snappy"))
                    .isEqualTo("12");
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void reflection_rejects_malformed_messages_and_other_methods() throws IOException {
        byte[] unknownMessage = {0, 0, 0, 0, 1, -1};
        byte[] cutOff = {0, 0, 0, 0, 9, 1};
        byte[] large = {0, 127, -1, -1, -1, 1};
        try (ErrorLog errors = new ErrorLog()) {
            assertThat(reflect("ServerReflectionInfo", unknownMessage)).isEqualTo("3");
            assertThat(reflect("ServerReflectionInfo", cutOff)).isEqualTo("3");
            assertThat(reflect("ServerReflectionInfo", large)).isEqualTo("8");
            assertThat(reflect("ServerReflectio\u007fInfo", cutOff)).isEqualTo("12");
            assertThat(errors.messages()).isEmpty();
        }
    }

    /** Would catch a call that answers each message within the answer before it, until the stack ends. */
    @Test
    void reflection_answers_thousands_of_messages_that_arrive_together() throws IOException {
        byte[] noLimits = {0, 4, 127, -1, -1, -1};
        byte[] listServices = {0, 0, 0, 0, 2, 0x3a, 0};
        int messages = 9_000;
        Buffer body = Buffer.buffer();
        for (int i = 0; i < messages; i++) {
            body.appendBytes(listServices);
        }
        try (ErrorLog errors = new ErrorLog();
                RawHttp2 connection = new RawHttp2(server.port(), noLimits)) {
            connection.send(RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {127, -1, 0, 0}));
            connection.send(RawHttp2.frame(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS,
                    1,
                    RawHttp2.grpc("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")));
            for (int from = 0; from < body.length(); from += 16_000) {
                int to = Math.min(body.length(), from + 16_000);
                connection.send(RawHttp2.frame(
                        RawHttp2.DATA, to == body.length() ? RawHttp2.END_STREAM : 0, 1, body.getBytes(from, to)));
            }
            assertThat(connection.next().status()).hasToString("200");

            Http2Headers trailers = connection.next();

            assertThat(trailers).isNotNull();
            assertThat(trailers.get("grpc-status")).hasToString("0");
            assertThat(errors.messages()).isEmpty();
        }
    }

    /** Vert.x throws an exception if it has queued the trailers. */
    @Test
    void a_reset_before_the_response_is_read_is_not_an_error() throws Exception {
        byte[] noWindow = {0, 4, 0, 0, 0, 0};
        byte[] message = request("m")
                .addInputs(input("a", "FP64", 1).setContents(fp64(1)))
                .build()
                .toByteArray();
        Buffer body = Buffer.buffer(new byte[] {0}).appendInt(message.length).appendBytes(message);
        try (ErrorLog errors = new ErrorLog();
                RawHttp2 connection = new RawHttp2(server.port(), noWindow)) {
            connection.send(RawHttp2.frame(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS,
                    1,
                    RawHttp2.grpc("/inference.GRPCInferenceService/ModelInfer")));
            connection.send(RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, body.getBytes()));
            assertThat(connection.next().status()).hasToString("200");
            await().until(() -> !server.scrape().contains("freshet_responses_unread_bytes 0.0"));

            connection.send(RawHttp2.frame(RawHttp2.RESET, 0, 1, new byte[] {0, 0, 0, 8}));

            await().until(() -> server.scrape().contains("freshet_responses_unread_bytes 0.0"));
            assertThat(errors.messages()).isEmpty();
        }
    }

    /** Would catch a preface that is mistaken for a request, and the reverse. */
    @Test
    void a_broken_preface_is_a_malformed_request() throws IOException {
        RawHttp.Response response = RawHttp.exchange(server.port(), "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");

        assertThat(response.status()).isEqualTo(400);
    }

    @Test
    void an_upgrade_to_http2_is_ignored() throws IOException {
        RawHttp.Response response = RawHttp.exchange(
                server.port(),
                "GET /v2 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"
                        + "GET /v2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(response.status()).isEqualTo(200);
    }

    private static String reflect(String method, byte[] body) throws IOException {
        try (RawHttp2 connection = new RawHttp2(server.port(), new byte[0])) {
            connection.send(RawHttp2.frame(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS,
                    1,
                    RawHttp2.grpc("/grpc.reflection.v1.ServerReflection/" + method)));
            connection.send(RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, body));
            return connection.next().get("grpc-status").toString();
        }
    }

    private static String status(HttpClient http2, Buffer body, String encoding) {
        HttpClientResponse response = http2.request(
                        HttpMethod.POST, server.port(), "127.0.0.1", "/inference.GRPCInferenceService/ModelInfer")
                .compose(request -> {
                    request.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
                    if (encoding != null) {
                        request.putHeader("grpc-encoding", encoding);
                    }
                    return request.send(body);
                })
                .await();
        return response.getHeader("grpc-status");
    }
}
