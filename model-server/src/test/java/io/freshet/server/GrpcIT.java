package io.freshet.server;

import static io.freshet.server.GrpcRequests.fp64;
import static io.freshet.server.GrpcRequests.input;
import static io.freshet.server.GrpcRequests.raw;
import static io.freshet.server.GrpcRequests.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.InferParameter;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.grpc.CallOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Predictions over gRPC, on the port of REST. */
@Timeout(60)
class GrpcIT {
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
    void counts_calls_like_requests_of_rest() {
        infer(request("clicks").addInputs(input("a", "FP64", 1).setContents(fp64(0))));
        client.failure("ModelInfer", request("clicks").build());

        assertThat(server.scrape())
                .contains("freshet_request_duration_seconds_count{code=\"200\",model=\"clicks\"}")
                .contains("freshet_request_duration_seconds_count{code=\"400\",model=\"clicks\"}")
                .contains("freshet_requests_in_flight 0.0");
    }

    private static ModelInferResponse infer(ModelInferRequest.Builder request) {
        return client.call("ModelInfer", request.build(), ModelInferResponse.getDefaultInstance());
    }

    private static List<Float> floats(ByteString bytes) {
        ByteBuffer from = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return IntStream.range(0, bytes.size() / Float.BYTES)
                .mapToObj(i -> from.getFloat(i * Float.BYTES))
                .toList();
    }
}
