package io.freshet.server;

import static io.freshet.server.GrpcRequests.fp64;
import static io.freshet.server.GrpcRequests.input;
import static io.freshet.server.GrpcRequests.raw;
import static io.freshet.server.GrpcRequests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.InferParameter;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.freshet.server.grpc.proto.ModelMetadataRequest;
import io.freshet.server.grpc.proto.ModelReadyRequest;
import io.freshet.server.grpc.proto.ModelStatisticsRequest;
import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.freshet.server.http.Limits;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What gRPC responds to requests that it cannot serve: the status of gRPC, with the message of REST. */
@Timeout(60)
class GrpcErrorsTest {
    private static final int BODY = 20_000;
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static RunningServer server;
    private static GrpcClient client;

    @BeforeAll
    static void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(100, BODY)));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
        client = new GrpcClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void an_unknown_model_or_version_is_not_found() {
        assertThat(client.failure("ModelInfer", request("n").build()))
                .isEqualTo("NOT_FOUND: model: n (expected: one of m)");
        assertThat(client.failure(
                        "ModelMetadata",
                        ModelMetadataRequest.newBuilder()
                                .setName("m")
                                .setVersion("7")
                                .build()))
                .isEqualTo("NOT_FOUND: model m, version: 7 (expected: 1 (live))");
    }

    @Test
    void an_invalid_request_has_the_message_of_rest() {
        assertThat(infer(request("m")))
                .isEqualTo("INVALID_ARGUMENT: inputs: empty (expected: a tensor for each field of the model)");
        assertThat(infer(request("m").addInputs(input("a", "FP64", 2).setContents(fp64(1)))))
                .isEqualTo("INVALID_ARGUMENT: a.data: 1 value (expected: 2, to match its shape)");
        assertThat(infer(request("m").addInputs(input("a", "FP65", 1).setContents(fp64(1)))))
                .startsWith("INVALID_ARGUMENT: a.datatype: FP65 (expected: one of BOOL");
        assertThat(infer(
                        request("m").addInputs(input("a", "FP64", 101)).addRawInputContents(raw("FP64", new int[101]))))
                .isEqualTo("INVALID_ARGUMENT: a.shape: [101] (expected: 1 to 100 rows)");
        assertThat(infer(request("m").addInputs(input("a", "FP64", 1).setContents(fp64(Double.NaN)))))
                .isEqualTo("INVALID_ARGUMENT: a.data[0]: NaN (expected: a number (FP64))");
        assertThat(infer(request("m")
                        .addInputs(input("a", "FP64", 1).setContents(fp64(1)))
                        .putParameters(
                                "age_seconds",
                                InferParameter.newBuilder().setInt64Param(1).build())))
                .startsWith("INVALID_ARGUMENT: parameters: age_seconds");
    }

    @Test
    void contents_must_match_their_datatype() {
        assertThat(infer(request("m").addInputs(input("a", "INT32", 1).setContents(fp64(1)))))
                .isEqualTo(
                        "INVALID_ARGUMENT: a.contents: values in another field (expected: only values in the field of INT32)");
        assertThat(infer(request("m").addInputs(input("a", "FP16", 1).setContents(fp64(1)))))
                .startsWith("INVALID_ARGUMENT: a.contents: FP16 (expected: raw_input_contents");
    }

    @Test
    void raw_contents_exclude_others_and_have_the_size_of_their_shape() {
        assertThat(infer(request("m")
                        .addInputs(input("a", "FP64", 1).setContents(fp64(1)))
                        .addRawInputContents(raw("FP64", 1))))
                .isEqualTo("INVALID_ARGUMENT: a.contents: present (expected: none beside raw_input_contents)");
        assertThat(infer(request("m").addInputs(input("a", "FP64", 1)).addRawInputContents(raw("FP32", 1))))
                .isEqualTo("INVALID_ARGUMENT: a.data: 4 bytes (expected: 8, to match its shape and datatype)");
        assertThat(infer(request("m")
                        .addInputs(input("a", "FP64", 1))
                        .addRawInputContents(raw("FP64", 1))
                        .addRawInputContents(raw("FP64", 1))))
                .isEqualTo("INVALID_ARGUMENT: raw_input_contents: 2 (expected: 1, one for each input)");
        assertThat(infer(request("m")
                        .addInputs(input("a", "BYTES", 1))
                        .addRawInputContents(ByteString.copyFrom(new byte[] {9, 0, 0, 0, 1}))))
                .startsWith("INVALID_ARGUMENT: a.data[0]: cut off");
        assertThat(infer(request("m")
                        .addInputs(input("a", "BOOL", 1))
                        .addRawInputContents(ByteString.copyFrom(new byte[] {2}))))
                .isEqualTo("INVALID_ARGUMENT: a.data[0]: byte 2 (expected: 0 or 1 (BOOL))");
    }

    @Test
    void a_large_message_exhausts_the_resources_with_or_without_compression() {
        ModelInferRequest large = request("m")
                .addInputs(input("a", "FP64", 1))
                .addRawInputContents(ByteString.copyFrom(new byte[3 * BODY]))
                .build();

        assertThat(infer(large.toBuilder()))
                .isEqualTo("RESOURCE_EXHAUSTED: body: too large (expected: up to 20000 bytes)");
        try {
            client.call(
                    GrpcClient.SERVICE,
                    "ModelInfer",
                    large,
                    ModelInferResponse.getDefaultInstance(),
                    CallOptions.DEFAULT.withCompression("gzip"));
        } catch (io.grpc.StatusRuntimeException e) {
            assertThat(e.getStatus().getCode() + ": " + e.getStatus().getDescription())
                    .isEqualTo("RESOURCE_EXHAUSTED: body: too large when decompressed (expected: up to 20000 bytes)");
        }
    }

    /** Would catch a message that an event loop decompresses and parses for milliseconds, though it needs only a name. */
    @Test
    void calls_that_contain_names_are_small_with_or_without_compression() {
        String name = "m".repeat(70_000);
        List<Message> requests = List.of(
                ModelReadyRequest.newBuilder().setName(name).build(),
                ModelMetadataRequest.newBuilder().setName(name).build(),
                ModelStatisticsRequest.newBuilder().setName(name).build());
        try (RunningServer large = new RunningServer(
                        ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(100, 4 << 20)));
                GrpcClient plain = new GrpcClient(large.port());
                GrpcClient compressing = new GrpcClient(NettyChannelBuilder.forAddress("127.0.0.1", large.port())
                        .usePlaintext()
                        .intercept(new Compression()))) {
            for (Message request : requests) {
                String method = request.getDescriptorForType().getName().replace("Request", "");
                assertThat(plain.failure(method, request))
                        .isEqualTo("RESOURCE_EXHAUSTED: body: too large (expected: up to 65536 bytes)");
                assertThat(compressing.failure(method, request))
                        .isEqualTo(
                                "RESOURCE_EXHAUSTED: body: too large when decompressed (expected: up to 65536 bytes)");
            }
        }
    }

    /** They need no token, so that anyone may send them. */
    @Test
    void health_checks_are_small() {
        HealthCheckRequest request =
                HealthCheckRequest.newBuilder().setService("s".repeat(1_100)).build();
        assertThatThrownBy(() -> client.call(
                        "grpc.health.v1.Health",
                        "Check",
                        request,
                        HealthCheckResponse.getDefaultInstance(),
                        CallOptions.DEFAULT))
                .hasMessage("RESOURCE_EXHAUSTED: body: too large (expected: up to 1024 bytes)");
    }

    /** Compresses all messages. */
    private static final class Compression implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withCompression("gzip"));
        }
    }

    @Test
    void an_unknown_method_is_unimplemented() {
        assertThat(client.failure("ModelStreamInfer", request("m").build()))
                .startsWith("UNIMPLEMENTED: method: /inference.");
    }

    @Test
    void calls_need_the_token_except_health() {
        try (RunningServer secured = new RunningServer(
                        ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withToken("s3cret"));
                GrpcClient anonymous = new GrpcClient(secured.port());
                GrpcClient wrong = new GrpcClient(secured.port(), "other");
                GrpcClient known = new GrpcClient(secured.port(), "s3cret")) {
            assertThat(anonymous.failure("ModelInfer", request("m").build()))
                    .startsWith("UNAUTHENTICATED: Authorization: ");
            assertThat(wrong.failure("ModelInfer", request("m").build())).startsWith("UNAUTHENTICATED: ");
            assertThat(known.failure("ModelInfer", request("m").build())).startsWith("UNAVAILABLE: ");
            assertThat(anonymous
                            .call(
                                    "ServerLive",
                                    ServerLiveRequest.getDefaultInstance(),
                                    ServerLiveResponse.getDefaultInstance())
                            .getLive())
                    .isTrue();
            assertThat(anonymous
                            .call(
                                    "grpc.health.v1.Health",
                                    "Check",
                                    HealthCheckRequest.getDefaultInstance(),
                                    HealthCheckResponse.getDefaultInstance(),
                                    CallOptions.DEFAULT)
                            .getStatus())
                    .isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
        }
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

    private static String infer(ModelInferRequest.Builder request) {
        return client.failure("ModelInfer", request.build());
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
