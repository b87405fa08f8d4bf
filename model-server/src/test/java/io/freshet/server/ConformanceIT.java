package io.freshet.server;

import static io.freshet.server.GrpcRequests.raw;
import static io.freshet.server.GrpcRequests.request;
import static io.freshet.server.GrpcRequests.typed;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.freshet.server.grpc.proto.ModelMetadataRequest;
import io.freshet.server.grpc.proto.ModelMetadataResponse;
import io.freshet.server.grpc.proto.ModelReadyRequest;
import io.freshet.server.grpc.proto.ModelReadyResponse;
import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.freshet.server.grpc.proto.ServerMetadataRequest;
import io.freshet.server.grpc.proto.ServerMetadataResponse;
import io.freshet.server.grpc.proto.ServerReadyRequest;
import io.freshet.server.grpc.proto.ServerReadyResponse;
import io.grpc.CallOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the Open Inference Protocol asks of any server, over REST and gRPC, of a model and of one with keys. Catches a difference
 * that breaks clients of other servers. Requests follow from the metadata: one row of zeros, and texts {@value #TEXT}.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = {"m", "shops"})
class ConformanceIT {
    private static final String TEXT = "S 1";
    private static final ModelSpec NUMBERS =
            ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy, features: {numeric: [a, b]}}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, loss: binary-cross-entropy, features: {numeric: [a]}}");

    private static RunningServer server;
    private static GrpcClient client;

    private final String model;

    ConformanceIT(String model) {
        this.model = model;
    }

    @BeforeAll
    static void start() {
        server = new RunningServer();
        server.publish(Published.records(NUMBERS, "", 1, 0, 1));
        server.publish(Published.records(SHOPS, TEXT, 1, 0, 1));
        client = new GrpcClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void rest_describes_the_server_and_the_model() throws Exception {
        JsonObject metadata = server.json("/v2");
        assertThat(metadata.getString("name")).isNotEmpty();
        assertThat(metadata.getString("version")).isNotEmpty();
        assertThat(metadata.getJsonArray("extensions").getList()).contains("model_repository", "statistics");

        assertThat(describe().getString("name")).isEqualTo(model);
        for (String field : List.of("inputs", "outputs")) {
            assertThat(describe().getJsonArray(field)).isNotEmpty();
            for (JsonObject tensor : tensors(field)) {
                assertThat(tensor.getString("name")).isNotEmpty();
                assertThat(tensor.getString("datatype")).isNotEmpty();
                assertThat(tensor.getJsonArray("shape")).isNotEmpty();
            }
        }
    }

    @Test
    void rest_is_live_and_ready() throws Exception {
        for (String path : List.of("/v2/health/live", "/v2/health/ready", path("/ready"))) {
            assertThat(server.get(path).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void rest_predicts_values_that_match_their_shapes_and_returns_the_id() throws Exception {
        JsonObject response = server.infer(model, body().put("id", "a b").encode());

        assertThat(response.getString("model_name")).isEqualTo(model);
        assertThat(response.getString("id")).isEqualTo("a b");
        assertThat(response.getJsonArray("outputs")).isNotEmpty();
        for (Object output : response.getJsonArray("outputs")) {
            JsonObject tensor = (JsonObject) output;
            assertThat(tensor.getJsonArray("data")).as(tensor.encode()).hasSize(values(tensor));
        }
    }

    @Test
    void rest_returns_only_the_requested_output() throws Exception {
        JsonObject first =
                new JsonObject().put("name", tensors("outputs").get(0).getString("name"));

        JsonArray outputs = server.infer(
                        model, body().put("outputs", new JsonArray().add(first)).encode())
                .getJsonArray("outputs");

        assertThat(outputs).hasSize(1);
        assertThat(outputs.getJsonObject(0).getString("name")).isEqualTo(first.getString("name"));
    }

    @Test
    void rest_rejects_invalid_requests() throws Exception {
        assertError(server.get("/v2/models/no-such-model-1"));
        assertRejected("{");
        assertRejected("{}");
        assertRejected(withFirstInput("shape", new JsonArray().add(1_234_567)));
        assertRejected(withFirstInput("datatype", "FP65"));
        JsonObject output = new JsonObject().put("name", "no-such-output");
        assertRejected(body().put("outputs", new JsonArray().add(output)).encode());
    }

    @Test
    void rest_lists_its_repository_and_reports_statistics() throws Exception {
        HttpResponse<String> index = server.post("/v2/repository/index", "{}");
        assertThat(index.statusCode()).isEqualTo(200);
        assertThat(new JsonArray(index.body()))
                .extracting(each -> ((JsonObject) each).getString("name"))
                .contains(model);
        assertThat(server.json(path("/stats"))
                        .getJsonArray("model_stats")
                        .getJsonObject(0)
                        .getValue("inference_count"))
                .isInstanceOf(Integer.class);
    }

    @Test
    void grpc_describes_the_server_and_the_model_as_rest_does() throws Exception {
        ServerMetadataResponse metadata = client.call(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance());
        assertThat(metadata.getName()).isNotEmpty();
        assertThat(metadata.getVersion()).isNotEmpty();

        ModelMetadataResponse described = client.call(
                "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName(model).build(),
                ModelMetadataResponse.getDefaultInstance());
        assertThat(described.getName()).isEqualTo(model);
        assertThat(described.getInputsList())
                .extracting(ModelMetadataResponse.TensorMetadata::getName)
                .isEqualTo(tensors("inputs").stream()
                        .map(tensor -> tensor.getString("name"))
                        .toList());
    }

    @Test
    void grpc_is_live_and_ready() {
        Message live = ServerLiveRequest.getDefaultInstance();
        Message ready = ServerReadyRequest.getDefaultInstance();
        Message modelReady = ModelReadyRequest.newBuilder().setName(model).build();
        assertThat(client.call("ServerLive", live, ServerLiveResponse.getDefaultInstance())
                        .getLive())
                .isTrue();
        assertThat(client.call("ServerReady", ready, ServerReadyResponse.getDefaultInstance())
                        .getReady())
                .isTrue();
        assertThat(client.call("ModelReady", modelReady, ModelReadyResponse.getDefaultInstance())
                        .getReady())
                .isTrue();
        assertThat(client.call(
                                "grpc.health.v1.Health",
                                "Check",
                                HealthCheckRequest.getDefaultInstance(),
                                HealthCheckResponse.getDefaultInstance(),
                                CallOptions.DEFAULT)
                        .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    }

    @Test
    void grpc_predicts_typed_contents_and_returns_the_id() throws Exception {
        ModelInferResponse response = infer(inputs(false).setId("a b").build());

        assertThat(response.getModelName()).isEqualTo(model);
        assertThat(response.getId()).isEqualTo("a b");
        assertThat(response.getOutputsList()).isNotEmpty();
    }

    @Test
    void grpc_answers_raw_contents_with_raw_contents() throws Exception {
        ModelInferResponse response = infer(inputs(true).build());

        assertThat(response.getOutputsList()).isNotEmpty();
        assertThat(response.getRawOutputContentsCount()).isEqualTo(response.getOutputsCount());
    }

    @Test
    void grpc_rejects_invalid_requests() throws Exception {
        ModelInferRequest.Builder wrongSize = inputs(true);
        wrongSize.setRawInputContents(0, wrongSize.getRawInputContents(0).concat(ByteString.copyFrom(new byte[3])));
        ModelInferRequest both = inputs(false)
                .addAllRawInputContents(inputs(true).getRawInputContentsList())
                .build();

        assertThat(client.failure(
                        "ModelInfer",
                        inputs(false).setModelName("no-such-model-1").build()))
                .startsWith("NOT_FOUND: ");
        assertThat(client.failure("ModelInfer", wrongSize.build())).startsWith("INVALID_ARGUMENT: ");
        assertThat(client.failure("ModelInfer", both)).startsWith("INVALID_ARGUMENT: ");
        assertThat(client.failure("NoSuchMethod", ServerLiveRequest.getDefaultInstance()))
                .startsWith("UNIMPLEMENTED: ");
    }

    private ModelInferResponse infer(ModelInferRequest request) {
        return client.call("ModelInfer", request, ModelInferResponse.getDefaultInstance());
    }

    private void assertRejected(String body) throws Exception {
        assertError(server.post(path("/infer"), body));
    }

    private static void assertError(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isBetween(400, 499);
        assertThat(new JsonObject(response.body()).getString("error")).isNotEmpty();
    }

    private String path(String action) {
        return "/v2/models/" + model + action;
    }

    private JsonObject describe() throws Exception {
        return server.json(path(""));
    }

    private List<JsonObject> tensors(String field) throws Exception {
        return describe().getJsonArray(field).stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** Returns the sizes of a tensor; those of any size are 1. */
    private static long[] shape(JsonObject tensor) {
        return tensor.getJsonArray("shape").stream()
                .mapToLong(size -> Math.max(1, ((Number) size).longValue()))
                .toArray();
    }

    private static int values(JsonObject tensor) {
        int values = 1;
        for (long size : shape(tensor)) {
            values *= (int) size;
        }
        return values;
    }

    private static boolean isText(JsonObject tensor) {
        return tensor.getString("datatype").equals("BYTES");
    }

    private JsonObject body() throws Exception {
        JsonArray inputs = new JsonArray();
        for (JsonObject tensor : tensors("inputs")) {
            JsonArray data = new JsonArray();
            for (int i = 0; i < values(tensor); i++) {
                data.add(isText(tensor) ? TEXT : 0);
            }
            JsonArray shape = new JsonArray();
            for (long size : shape(tensor)) {
                shape.add(size);
            }
            inputs.add(new JsonObject()
                    .put("name", tensor.getString("name"))
                    .put("datatype", tensor.getString("datatype"))
                    .put("shape", shape)
                    .put("data", data));
        }
        return new JsonObject().put("inputs", inputs);
    }

    private String withFirstInput(String field, Object value) throws Exception {
        JsonObject body = body();
        body.getJsonArray("inputs").getJsonObject(0).put(field, value);
        return body.encode();
    }

    private ModelInferRequest.Builder inputs(boolean isRaw) throws Exception {
        ModelInferRequest.Builder request = request(model);
        for (JsonObject tensor : tensors("inputs")) {
            String datatype = tensor.getString("datatype");
            var input = GrpcRequests.input(tensor.getString("name"), datatype, shape(tensor));
            int[] zeros = new int[values(tensor)];
            if (isRaw) {
                request.addRawInputContents(isText(tensor) ? rawText() : raw(datatype, zeros));
            } else {
                input.setContents(
                        isText(tensor)
                                ? InferTensorContents.newBuilder()
                                        .addBytesContents(ByteString.copyFromUtf8(TEXT))
                                        .build()
                                : typed(datatype, zeros));
            }
            request.addInputs(input);
        }
        return request;
    }

    private static ByteString rawText() {
        ByteString text = ByteString.copyFromUtf8(TEXT);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return ByteString.copyFrom(length.putInt(0, text.size())).concat(text);
    }
}
