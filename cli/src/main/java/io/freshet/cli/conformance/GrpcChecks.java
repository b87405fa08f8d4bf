package io.freshet.cli.conformance;

import static io.freshet.cli.conformance.Check.expect;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.freshet.cli.conformance.Check.Failed;
import io.freshet.cli.conformance.Check.Skipped;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferRequest.InferInputTensor;
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
import io.vertx.grpc.common.GrpcStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** What a server must do over gRPC. */
final class GrpcChecks {
    private static final String PROTOCOL = "gRPC";

    private final GrpcServer server;
    private final RestChecks rest;
    private final String model;
    private final SampleInputs samples;

    /** @param rest describes the model */
    GrpcChecks(GrpcServer server, RestChecks rest, String model, SampleInputs samples) {
        this.server = server;
        this.rest = rest;
        this.model = model;
        this.samples = samples;
    }

    List<Check> all() {
        return List.of(
                check("reports its name and version", this::serverMetadata),
                check("is live", this::live),
                check("is ready", this::ready),
                check("has the model ready", this::modelReady),
                check("describes the model as REST does", this::modelMetadata),
                check("predicts typed contents, and returns the id", this::typed),
                check("predicts raw contents, and responds with raw contents", this::raw),
                check("rejects an unknown model with NOT_FOUND", this::unknownModel),
                check("rejects raw contents of another size with INVALID_ARGUMENT", this::wrongSize),
                check("rejects raw beside typed contents with INVALID_ARGUMENT", this::both),
                check("rejects an unknown method with UNIMPLEMENTED", this::unknownMethod),
                check("serves grpc.health.v1, if it has the service", this::health));
    }

    private void serverMetadata() throws Exception {
        ServerMetadataResponse response = call(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance());
        expect(!response.getName().isEmpty(), "name: \"\"", "a name");
        expect(!response.getVersion().isEmpty(), "version: \"\"", "a version");
    }

    private void live() throws Exception {
        expect(
                call("ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance())
                        .getLive(),
                "live: false",
                "true");
    }

    private void ready() throws Exception {
        expect(
                call("ServerReady", ServerReadyRequest.getDefaultInstance(), ServerReadyResponse.getDefaultInstance())
                        .getReady(),
                "ready: false",
                "true");
    }

    private void modelReady() throws Exception {
        ModelReadyRequest request =
                ModelReadyRequest.newBuilder().setName(model).build();
        expect(
                call("ModelReady", request, ModelReadyResponse.getDefaultInstance())
                        .getReady(),
                "ready: false",
                "true");
    }

    private void modelMetadata() throws Exception {
        ModelMetadataResponse response = call(
                "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName(model).build(),
                ModelMetadataResponse.getDefaultInstance());
        JsonNode metadata = rest.metadata();
        expect(response.getName().equals(model), "name: " + response.getName(), model);
        List<String> names = metadata.path("inputs").findValuesAsText("name");
        List<String> received = response.getInputsList().stream()
                .map(ModelMetadataResponse.TensorMetadata::getName)
                .toList();
        expect(received.equals(names), "inputs: " + received, names.toString());
    }

    private void typed() throws Exception {
        ModelInferResponse response = infer(request(false).setId("a b").build());
        expect(response.getModelName().equals(model), "model_name: " + response.getModelName(), model);
        expect(response.getId().equals("a b"), "id: " + response.getId(), "a b");
        expect(response.getOutputsCount() > 0, "outputs: none", "at least one tensor");
    }

    private void raw() throws Exception {
        ModelInferResponse response = infer(request(true).build());
        expect(
                response.getRawOutputContentsCount() == response.getOutputsCount(),
                "raw_output_contents: " + response.getRawOutputContentsCount(),
                response.getOutputsCount() + ", one for each output");
    }

    private void unknownModel() throws Exception {
        requireStatus(
                GrpcStatus.NOT_FOUND,
                () -> infer(request(false).setModelName("no-such-model-1").build()));
    }

    private void wrongSize() throws Exception {
        ModelInferRequest.Builder request = request(true);
        request.setRawInputContents(0, request.getRawInputContents(0).concat(ByteString.copyFrom(new byte[3])));
        requireStatus(GrpcStatus.INVALID_ARGUMENT, () -> infer(request.build()));
    }

    private void both() throws Exception {
        ModelInferRequest.Builder request = request(false);
        request.addAllRawInputContents(request(true).getRawInputContentsList());
        requireStatus(GrpcStatus.INVALID_ARGUMENT, () -> infer(request.build()));
    }

    private void unknownMethod() throws Exception {
        requireStatus(
                GrpcStatus.UNIMPLEMENTED,
                () -> call(
                        "NoSuchMethod",
                        ServerLiveRequest.getDefaultInstance(),
                        ServerLiveResponse.getDefaultInstance()));
    }

    private void health() throws Exception {
        try {
            HealthCheckResponse response = server.call(
                    "grpc.health.v1.Health",
                    "Check",
                    HealthCheckRequest.getDefaultInstance(),
                    HealthCheckResponse.getDefaultInstance());
            expect(
                    response.getStatus() == HealthCheckResponse.ServingStatus.SERVING,
                    "status: " + response.getStatus(),
                    "SERVING");
        } catch (GrpcServer.Status e) {
            if (e.code() == GrpcStatus.UNIMPLEMENTED) {
                throw new Skipped("no service grpc.health.v1.Health");
            }
            throw e;
        }
    }

    private static void requireStatus(GrpcStatus expected, Check.Body body) throws Exception {
        try {
            body.run();
        } catch (GrpcServer.Status e) {
            expect(e.code() == expected, String.valueOf(e.getMessage()), expected.toString());
            return;
        }
        throw new Failed("a response (expected: " + expected + ")");
    }

    /** Returns a request with one row of zeros and short texts. */
    private ModelInferRequest.Builder request(boolean raw) throws Exception {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
        for (JsonNode tensor : rest.metadata().path("inputs")) {
            InferInputTensor.Builder input = request.addInputsBuilder()
                    .setName(tensor.path("name").asText())
                    .setDatatype(tensor.path("datatype").asText())
                    .addAllShape(SampleInputs.shape(tensor));
            if (raw) {
                request.addRawInputContents(rawValues(tensor));
            } else {
                input.setContents(typedValues(tensor));
            }
        }
        return request;
    }

    private ByteString rawValues(JsonNode tensor) {
        String datatype = tensor.path("datatype").asText();
        int bytes = switch (datatype) {
            case "BOOL", "INT8", "UINT8" -> 1;
            case "INT16", "UINT16", "FP16", "BF16" -> 2;
            case "INT32", "UINT32", "FP32" -> 4;
            default -> 8;
        };
        ByteString value =
                datatype.equals("BYTES") ? rawText(samples.text(tensor)) : ByteString.copyFrom(new byte[bytes]);
        ByteString all = ByteString.empty();
        for (int i = 0; i < SampleInputs.values(tensor); i++) {
            all = all.concat(value);
        }
        return all;
    }

    private static ByteString rawText(String text) {
        ByteString bytes = ByteString.copyFromUtf8(text);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return ByteString.copyFrom(length.putInt(0, bytes.size())).concat(bytes);
    }

    private InferTensorContents typedValues(JsonNode tensor) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int i = 0; i < SampleInputs.values(tensor); i++) {
            switch (tensor.path("datatype").asText()) {
                case "BOOL" -> contents.addBoolContents(false);
                case "INT8", "INT16", "INT32" -> contents.addIntContents(0);
                case "INT64" -> contents.addInt64Contents(0);
                case "UINT8", "UINT16", "UINT32" -> contents.addUintContents(0);
                case "UINT64" -> contents.addUint64Contents(0);
                case "FP64" -> contents.addFp64Contents(0);
                case "BYTES" -> contents.addBytesContents(ByteString.copyFromUtf8(samples.text(tensor)));
                default -> contents.addFp32Contents(0);
            }
        }
        return contents.build();
    }

    private ModelInferResponse infer(ModelInferRequest request) throws Exception {
        return call("ModelInfer", request, ModelInferResponse.getDefaultInstance());
    }

    private <Q extends Message, R extends Message> R call(String method, Q request, R response) throws Exception {
        return server.call(GrpcServer.INFERENCE, method, request, response);
    }

    private static Check check(String name, Check.Body body) {
        return new Check(PROTOCOL, name, body);
    }
}
