package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.InferParameter;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferRequest.InferInputTensor;
import io.freshet.server.grpc.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.freshet.server.grpc.proto.ModelMetadataRequest;
import io.freshet.server.grpc.proto.ModelMetadataResponse;
import io.freshet.server.grpc.proto.ModelReadyRequest;
import io.freshet.server.grpc.proto.ModelReadyResponse;
import io.freshet.server.grpc.proto.ModelRepositoryParameter;
import io.freshet.server.grpc.proto.RepositoryIndexRequest;
import io.freshet.server.grpc.proto.RepositoryIndexResponse;
import io.freshet.server.grpc.proto.RepositoryModelLoadRequest;
import io.freshet.server.grpc.proto.RepositoryModelLoadResponse;
import io.freshet.server.grpc.proto.RepositoryModelUnloadRequest;
import io.freshet.server.grpc.proto.RepositoryModelUnloadResponse;
import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.freshet.server.grpc.proto.ServerMetadataRequest;
import io.freshet.server.grpc.proto.ServerMetadataResponse;
import io.freshet.server.grpc.proto.ServerReadyRequest;
import io.freshet.server.grpc.proto.ServerReadyResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The protocol over gRPC, on the port of REST. */
@Timeout(60)
class GrpcTest {
    private static final ModelSpec NUMBERS = ModelSpec.parse(
            "{name: numbers, label: y, loss: mean-squared-error, features: {numeric: [a, b], standardize: false}}");
    private static final ModelSpec CLICKS = ModelSpec.parse("{name: clicks, label: y, labels: [no, yes],"
            + " loss: binary-cross-entropy, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec SHOPS = ModelSpec.parse(
            "{name: shops, label: y, key: shop, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static RunningServer server;
    private static GrpcClient client;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        server.publish(Published.records(NUMBERS, "", 8, 1, 1));
        server.publish(Published.records(NUMBERS, "", 9, 2, 2));
        server.publish(Published.records(CLICKS, "", 5, 1, 1));
        server.publish(Published.records(SHOPS, "S1", 3, 1, 1));
        client = new GrpcClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void reports_the_server_and_its_models() {
        ServerMetadataResponse metadata = client.call(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance());
        ModelMetadataResponse model = client.call(
                "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName("clicks").build(),
                ModelMetadataResponse.getDefaultInstance());

        assertThat(client.call(
                                "ServerLive",
                                ServerLiveRequest.getDefaultInstance(),
                                ServerLiveResponse.getDefaultInstance())
                        .getLive())
                .isTrue();
        assertThat(client.call(
                                "ServerReady",
                                ServerReadyRequest.getDefaultInstance(),
                                ServerReadyResponse.getDefaultInstance())
                        .getReady())
                .isTrue();
        assertThat(client.call(
                                "ModelReady",
                                ModelReadyRequest.newBuilder()
                                        .setName("numbers")
                                        .setVersion("8")
                                        .build(),
                                ModelReadyResponse.getDefaultInstance())
                        .getReady())
                .isTrue();
        assertThat(metadata.getName()).isEqualTo("freshet");
        assertThat(metadata.getExtensionsList()).contains("model_repository");
        assertThat(model.getVersionsList()).containsExactly("5");
        assertThat(model.getInputs(0).getDatatype()).isEqualTo("FP64");
        assertThat(model.getOutputs(1).getName()).isEqualTo("class");
        assertThat(model.getPropertiesMap()).containsEntry("version", "5");
    }

    @Test
    void a_version_may_be_a_label() {
        ModelInferResponse response = infer(request("numbers")
                .setModelVersion("stable")
                .addInputs(input("a", "FP64", 1).setContents(fp64(1)))
                .addInputs(input("b", "INT8", 1)
                        .setContents(InferTensorContents.newBuilder().addIntContents(0))));

        assertThat(response.getModelVersion()).isEqualTo("9");
        assertThat(response.getParametersMap().get("version_label").getStringParam())
                .isEqualTo("stable");
    }

    @Test
    void predicts_typed_contents_like_rest() {
        ModelInferResponse response = infer(request("numbers")
                .setId("r 1")
                .putParameters(
                        "color",
                        InferParameter.newBuilder().setStringParam("é%").build())
                .addInputs(input("a", "FP64", 2).setContents(fp64(1, 2.5)))
                .addInputs(input("b", "INT8", 2, 1)
                        .setContents(InferTensorContents.newBuilder()
                                .addIntContents(0)
                                .addIntContents(-1))));

        assertThat(response.getModelName()).isEqualTo("numbers");
        assertThat(response.getModelVersion()).isEqualTo("9");
        assertThat(response.getId()).isEqualTo("r 1");
        assertThat(response.getParametersMap().get("color").getStringParam()).isEqualTo("é%");
        assertThat(response.getParametersMap().get("watermark").getStringParam())
                .isEqualTo("2026-09-21T14:13:20.009Z");
        assertThat(response.getParametersMap().get("age_seconds").getDoubleParam())
                .isEqualTo(59.991);
        assertThat(response.getOutputs(0).getShapeList()).containsExactly(2L);
        assertThat(response.getOutputs(0).getContents().getFp32ContentsList()).containsExactly(4f, 5f);
        assertThat(response.getRawOutputContentsCount()).isZero();
    }

    @Test
    void predicts_with_an_older_version() {
        ModelInferResponse response = infer(request("numbers")
                .setModelVersion("8")
                .addInputs(input("a", "FP64", 1).setContents(fp64(1)))
                .addInputs(input("b", "FP64", 1).setContents(fp64(1))));

        assertThat(response.getModelVersion()).isEqualTo("8");
        assertThat(response.getOutputs(0).getContents().getFp32ContentsList()).containsExactly(3f);
    }

    @Test
    void reads_raw_contents_of_every_type_and_responds_with_raw_contents() {
        for (String type : List.of(
                "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "BF16",
                "FP32", "FP64")) {
            ModelInferResponse response = infer(request("numbers")
                    .addInputs(input("a", type, 2))
                    .addInputs(input("b", "FP32", 2))
                    .addRawInputContents(raw(type, 1, 0))
                    .addRawInputContents(raw("FP32", 1, 2)));

            assertThat(response.getOutputs(0).hasContents()).isFalse();
            assertThat(floats(response.getRawOutputContents(0))).as(type).containsExactly(6f, 6f);
        }
    }

    @Test
    void reads_the_extremes_of_half_floats() {
        ByteString halves = ByteString.copyFrom(new byte[] {(byte) 0xff, 0x7b, 1, 0, 0, (byte) 0xc0});
        ModelInferResponse response = infer(request("numbers")
                .addInputs(input("a", "FP16", 3))
                .addInputs(input("b", "BF16", 3))
                .addRawInputContents(halves)
                .addRawInputContents(ByteString.copyFrom(new byte[] {0, 0, 0, 0, (byte) 0x80, (byte) 0xbf})));

        // 65504, the smallest subnormal 2^-24, and -2; b: 0, 0, and -1.
        assertThat(floats(response.getRawOutputContents(0)))
                .containsExactly(2 * 65504f + 2, (float) (2 + 2 * 0x1p-24), -4f);
    }

    @Test
    void returns_texts_and_integers_in_both_forms() {
        ModelInferRequest.Builder typed = request("clicks")
                .addInputs(input("a", "FP64", 2).setContents(fp64(-9, 9)))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("class"));
        ModelInferRequest.Builder raw = request("clicks")
                .addInputs(input("a", "FP64", 2))
                .addRawInputContents(raw("FP64", -9, 9))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("class"));

        assertThat(infer(typed).getOutputs(0).getContents().getBytesContentsList())
                .containsExactly(ByteString.copyFromUtf8("no"), ByteString.copyFromUtf8("yes"));
        assertThat(infer(raw).getRawOutputContents(0))
                .isEqualTo(ByteString.copyFrom(new byte[] {2, 0, 0, 0, 'n', 'o', 3, 0, 0, 0, 'y', 'e', 's'}));
    }

    @Test
    void predicts_by_key_and_reports_rows_without_a_model() {
        ModelInferResponse response = infer(request("shops")
                .addInputs(input("shop", "BYTES", 2))
                .addInputs(input("a", "FP64", 2))
                .addRawInputContents(ByteString.copyFrom(new byte[] {2, 0, 0, 0, 'S', '1', 2, 0, 0, 0, 'S', '9'}))
                .addRawInputContents(raw("FP64", 1, 1)));

        assertThat(response.getModelVersion()).isEmpty();
        assertThat(floats(response.getRawOutputContents(0))).containsExactly(2f, Float.NaN);
        assertThat(response.getRawOutputContents(1)
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong(8))
                .isEqualTo(-1);
        assertThat(response.getRawOutputContents(response.getRawOutputContentsCount() - 1)
                        .toStringUtf8())
                .contains("shop: \"S9\" (expected: a key that the model has learned)");
    }

    @Test
    void explains_a_prediction_on_request() {
        ModelInferResponse response = infer(request("numbers")
                .putParameters("explain", flag(true))
                .addInputs(input("a", "FP64", 2).setContents(fp64(1, 2.5)))
                .addInputs(input("b", "FP64", 2).setContents(fp64(0, -1))));

        assertThat(response.getOutputs(1).getName()).isEqualTo("contributions");
        assertThat(response.getOutputs(1).getContents().getBytesContentsList())
                .extracting(ByteString::toStringUtf8)
                .containsExactly("{\"bias\":2.0,\"a\":2.0,\"b\":0.0}", "{\"a\":5.0,\"bias\":2.0,\"b\":-2.0}");
    }

    @Test
    void returns_the_offsets_on_request() {
        ModelInferResponse response = infer(request("numbers")
                .putParameters("lineage", flag(true))
                .addInputs(input("a", "FP64", 1).setContents(fp64(1)))
                .addInputs(input("b", "FP64", 1).setContents(fp64(0))));

        assertThat(response.getParametersMap().get("offsets").getStringParam())
                .isEqualTo("freshet.samples:0=9,freshet.samples:3=18");
        assertThat(response.getParametersMap().get("samples_learned").getInt64Param())
                .isEqualTo(9);
    }

    private static InferParameter flag(boolean value) {
        return InferParameter.newBuilder().setBoolParam(value).build();
    }

    @Test
    void accepts_compressed_messages() {
        ModelInferRequest request = request("clicks")
                .addInputs(input("a", "FP64", 1).setContents(fp64(0)))
                .build();

        ModelInferResponse response = client.call(
                GrpcClient.SERVICE,
                "ModelInfer",
                request,
                ModelInferResponse.getDefaultInstance(),
                CallOptions.DEFAULT.withCompression("gzip"));

        assertThat(response.getOutputsCount()).isEqualTo(2);
    }

    @Test
    void pins_follows_and_unloads() {
        client.call(
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.newBuilder()
                        .setModelName("numbers")
                        .putParameters(
                                "version",
                                ModelRepositoryParameter.newBuilder()
                                        .setStringParam("8")
                                        .build())
                        .build(),
                RepositoryModelLoadResponse.getDefaultInstance());
        assertThat(state("numbers", "8")).isEqualTo("READY, pinned");

        client.call(
                "RepositoryModelUnload",
                RepositoryModelUnloadRequest.newBuilder()
                        .setModelName("numbers")
                        .build(),
                RepositoryModelUnloadResponse.getDefaultInstance());
        assertThat(client.failure(
                        "ModelReady",
                        ModelReadyRequest.newBuilder().setName("numbers").build()))
                .startsWith("UNAVAILABLE: model: numbers: unloaded");

        client.call(
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.newBuilder().setModelName("numbers").build(),
                RepositoryModelLoadResponse.getDefaultInstance());
        assertThat(state("numbers", "9")).isEqualTo("READY, live");
    }

    @Test
    void reports_the_health_of_the_server_and_its_service() {
        for (String service : List.of("", GrpcClient.SERVICE)) {
            HealthCheckResponse response = client.call(
                    "grpc.health.v1.Health",
                    "Check",
                    HealthCheckRequest.newBuilder().setService(service).build(),
                    HealthCheckResponse.getDefaultInstance(),
                    CallOptions.DEFAULT);

            assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        }
    }

    @Test
    void describes_its_services() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ClientCalls.asyncBidiStreamingCall(
                client.channel()
                        .newCall(
                                MethodDescriptor.<ServerReflectionRequest, ServerReflectionResponse>newBuilder()
                                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                                        .setFullMethodName("grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
                                        .setRequestMarshaller(
                                                ProtoUtils.marshaller(ServerReflectionRequest.getDefaultInstance()))
                                        .setResponseMarshaller(
                                                ProtoUtils.marshaller(ServerReflectionResponse.getDefaultInstance()))
                                        .build(),
                                CallOptions.DEFAULT),
                new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.cancel(false);
                    }
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains(GrpcClient.SERVICE, "grpc.health.v1.Health");
        requests.onCompleted();
    }

    @Test
    void counts_calls_like_requests_of_rest() {
        infer(request("clicks").addInputs(input("a", "FP64", 1).setContents(fp64(0))));
        client.failure("ModelInfer", request("clicks").build());

        assertThat(server.scrape())
                .contains("freshet_request_duration_seconds_count{code=\"200\",model=\"clicks\"}")
                .contains("freshet_request_duration_seconds_count{code=\"400\",model=\"clicks\"}")
                .contains("freshet_requests_in_flight 0.0");
    }

    private static String state(String name, String version) {
        RepositoryIndexResponse index = client.call(
                "RepositoryIndex",
                RepositoryIndexRequest.getDefaultInstance(),
                RepositoryIndexResponse.getDefaultInstance());
        return index.getModelsList().stream()
                .filter(model ->
                        model.getName().equals(name) && model.getVersion().equals(version))
                .map(model -> model.getState() + ", " + model.getReason())
                .findFirst()
                .orElseThrow();
    }

    private static ModelInferResponse infer(ModelInferRequest.Builder request) {
        return client.call("ModelInfer", request.build(), ModelInferResponse.getDefaultInstance());
    }

    static ModelInferRequest.Builder request(String model) {
        return ModelInferRequest.newBuilder().setModelName(model);
    }

    static InferInputTensor.Builder input(String name, String datatype, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    static InferTensorContents.Builder fp64(double... values) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (double value : values) {
            contents.addFp64Contents(value);
        }
        return contents;
    }

    /** Returns small whole numbers in binary form. */
    static ByteString raw(String datatype, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            switch (datatype) {
                case "BOOL", "UINT8", "INT8" -> bytes.put((byte) value);
                case "UINT16", "INT16" -> bytes.putShort((short) value);
                case "UINT32", "INT32" -> bytes.putInt(value);
                case "FP16" -> bytes.putShort((short) (value == 0 ? 0 : 0x3c00));
                case "BF16" -> bytes.putShort((short) (Float.floatToIntBits(value) >> 16));
                case "FP32" -> bytes.putFloat(value);
                case "FP64" -> bytes.putDouble(value);
                default -> bytes.putLong(value);
            }
        }
        return ByteString.copyFrom(bytes.flip());
    }

    private static List<Float> floats(ByteString bytes) {
        ByteBuffer from = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return IntStream.range(0, bytes.size() / Float.BYTES)
                .mapToObj(i -> from.getFloat(i * Float.BYTES))
                .toList();
    }
}
