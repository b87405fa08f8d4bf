package io.freshet.server;

import static io.freshet.server.GrpcRequests.fp64;
import static io.freshet.server.GrpcRequests.input;
import static io.freshet.server.GrpcRequests.raw;
import static io.freshet.server.GrpcRequests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.InferParameter;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferRequest.InferInputTensor;
import io.freshet.server.grpc.proto.ModelInferRequest.InferRequestedOutputTensor;
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
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What gRPC responds to requests that it cannot serve: the status of gRPC, with the message of REST. */
@Timeout(60)
class GrpcErrorsIT {
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
    void parameters_of_extensions_that_the_server_does_not_have_are_refused() {
        InferParameter one = InferParameter.newBuilder().setInt64Param(1).build();
        InferInputTensor a = input("a", "FP64", 1).setContents(fp64(1)).build();
        String expected = ": given (expected: none; the server does not have the extension ";

        assertThat(infer(request("m").addInputs(a).putParameters("sequence_id", one)))
                .isEqualTo("INVALID_ARGUMENT: parameters.sequence_id" + expected + "sequence)");
        assertThat(infer(request("m").addInputs(a.toBuilder().putParameters("shared_memory_region", one))))
                .isEqualTo("INVALID_ARGUMENT: inputs[0].parameters.shared_memory_region" + expected + "shared_memory)");
        assertThat(infer(request("m")
                        .addInputs(a)
                        .addOutputs(InferRequestedOutputTensor.newBuilder()
                                .setName("prediction")
                                .putParameters("classification", one))))
                .isEqualTo("INVALID_ARGUMENT: outputs[0].parameters.classification" + expected + "classification)");
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
        assertThatThrownBy(() -> client.call(
                        GrpcClient.SERVICE,
                        "ModelInfer",
                        large,
                        ModelInferResponse.getDefaultInstance(),
                        CallOptions.DEFAULT.withCompression("gzip")))
                .hasMessage("RESOURCE_EXHAUSTED: body: too large when decompressed (expected: up to 20000 bytes)");
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

    private static String infer(ModelInferRequest.Builder request) {
        return client.failure("ModelInfer", request.build());
    }
}
