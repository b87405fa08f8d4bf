package io.freshet.cli.conformance;

import static io.freshet.cli.conformance.Check.expect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.freshet.cli.conformance.Check.Skipped;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server must predict with the models {@code echo}, {@code sum}, and {@code addsub}, if it has them. Their inputs
 * {@code INPUT0} and {@code INPUT1} accept numbers and flags of every datatype; the values are 0 and 1, which all can
 * represent.
 */
final class KnownModelChecks {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> NAMES = List.of("INPUT0", "INPUT1");
    private static final int[][] VALUES = {{1, 1}, {0, 1}};
    private static final List<Double> SUMS = List.of(1.0, 2.0);
    private static final List<String> DATATYPES =
            List.of("BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP32", "FP64");
    private static final List<String> HALVES = List.of("FP16", "BF16");

    private final RestServer rest;
    private final GrpcServer grpc;

    KnownModelChecks(RestServer rest, GrpcServer grpc) {
        this.rest = rest;
        this.grpc = grpc;
    }

    List<Check> all() {
        return List.of(
                new Check("REST", "returns the inputs of echo", () -> predicts("echo", List.of(1.0, 0.0, 1.0, 1.0))),
                new Check("REST", "adds with sum, in every datatype", () -> predicts("sum", SUMS)),
                new Check(
                        "REST",
                        "adds and subtracts with addsub",
                        () -> predicts("addsub", List.of(1.0, 1.0, 2.0, 0.0))),
                new Check("gRPC", "adds with sum, typed in every datatype", () -> adds(false)),
                new Check("gRPC", "adds with sum, raw in every datatype", () -> adds(true)));
    }

    private void predicts(String model, List<Double> expected) throws Exception {
        require(model);
        for (String datatype : DATATYPES) {
            JsonNode output = rest.post("/v2/models/" + model + "/infer", request(datatype))
                    .ok()
                    .path("outputs")
                    .path(0);
            List<Double> values = new ArrayList<>();
            output.path("data").forEach(value -> values.add(value.asDouble()));
            expect(values.equals(expected), datatype + ": " + values, expected.toString());
        }
    }

    private void adds(boolean raw) throws Exception {
        require("sum");
        List<String> datatypes = new ArrayList<>(DATATYPES);
        if (raw) {
            datatypes.addAll(HALVES);
        }
        for (String datatype : datatypes) {
            ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("sum");
            for (int i = 0; i < NAMES.size(); i++) {
                ModelInferRequest.InferInputTensor.Builder input = request.addInputsBuilder()
                        .setName(NAMES.get(i))
                        .setDatatype(datatype)
                        .addShape(VALUES[i].length);
                if (raw) {
                    request.addRawInputContents(raw(datatype, VALUES[i]));
                } else {
                    input.setContents(typed(datatype, VALUES[i]));
                }
            }
            List<Double> sums = values(grpc.call(
                    GrpcServer.INFERENCE, "ModelInfer", request.build(), ModelInferResponse.getDefaultInstance()));
            expect(sums.equals(SUMS), datatype + ": " + sums, SUMS.toString());
        }
    }

    private void require(String model) throws Exception {
        if (rest.get("/v2/models/" + model).status() != 200) {
            throw new Skipped("no model " + model);
        }
    }

    private static String request(String datatype) {
        ObjectNode request = JSON.createObjectNode();
        ArrayNode inputs = request.putArray("inputs");
        for (int i = 0; i < NAMES.size(); i++) {
            ObjectNode input = inputs.addObject().put("name", NAMES.get(i)).put("datatype", datatype);
            input.putArray("shape").add(VALUES[i].length);
            ArrayNode data = input.putArray("data");
            for (int value : VALUES[i]) {
                if (datatype.equals("BOOL")) {
                    data.add(value == 1);
                } else {
                    data.add(value);
                }
            }
        }
        return request.toString();
    }

    private static InferTensorContents typed(String datatype, int[] values) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int value : values) {
            switch (datatype) {
                case "BOOL" -> contents.addBoolContents(value == 1);
                case "INT64" -> contents.addInt64Contents(value);
                case "UINT8", "UINT16", "UINT32" -> contents.addUintContents(value);
                case "UINT64" -> contents.addUint64Contents(value);
                case "FP32" -> contents.addFp32Contents(value);
                case "FP64" -> contents.addFp64Contents(value);
                default -> contents.addIntContents(value);
            }
        }
        return contents.build();
    }

    private static ByteString raw(String datatype, int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            switch (datatype) {
                case "BOOL", "INT8", "UINT8" -> bytes.put((byte) value);
                case "INT16", "UINT16" -> bytes.putShort((short) value);
                case "INT32", "UINT32" -> bytes.putInt(value);
                case "FP16" -> bytes.putShort((short) (value == 0 ? 0 : 0x3c00));
                case "BF16" -> bytes.putShort((short) (value == 0 ? 0 : 0x3f80));
                case "FP32" -> bytes.putFloat(value);
                case "FP64" -> bytes.putDouble(value);
                default -> bytes.putLong(value);
            }
        }
        return ByteString.copyFrom(bytes.flip());
    }

    /** Returns the numbers of the first output. */
    private static List<Double> values(ModelInferResponse response) {
        ModelInferResponse.InferOutputTensor output = response.getOutputs(0);
        boolean isDouble = output.getDatatype().equals("FP64");
        List<Double> values = new ArrayList<>();
        if (response.getRawOutputContentsCount() > 0) {
            ByteBuffer bytes =
                    response.getRawOutputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                values.add(isDouble ? bytes.getDouble() : bytes.getFloat());
            }
        } else if (isDouble) {
            values.addAll(output.getContents().getFp64ContentsList());
        } else {
            output.getContents().getFp32ContentsList().forEach(value -> values.add((double) value));
        }
        return values;
    }
}
