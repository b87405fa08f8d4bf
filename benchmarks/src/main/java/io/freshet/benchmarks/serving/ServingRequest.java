package io.freshet.benchmarks.serving;

import com.google.protobuf.UnsafeByteOperations;
import io.freshet.server.grpc.proto.ModelInferRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;

/**
 * A request to predict, which a client repeats.
 *
 * @param name of the row of results
 * @param model of {@link ServedModels}
 * @param isGrpc whether it is a gRPC call, over HTTP/2
 * @param jsonBytes size of the JSON before binary tensors, or -1 if there are none
 */
record ServingRequest(String name, String model, boolean isGrpc, byte[] body, int jsonBytes) {
    static final String GRPC_TYPE = "application/grpc";

    private static final int GRPC_PREFIX = 5;

    /** Returns the requests to compare. */
    static List<ServingRequest> all() {
        return List.of(
                json("REST, 1 row of 8 numbers", ServedModels.NUMBERS, numbers(8)),
                json("REST, 1 row of 32 categories", ServedModels.CATEGORIES, categories()),
                grpc("gRPC, 1 row of 8 numbers", ServedModels.NUMBERS, 8),
                json("REST, 256 x 100 as JSON", ServedModels.VECTOR, vectors()),
                binary("REST, 256 x 100 binary", ServedModels.VECTOR));
    }

    String path() {
        return isGrpc ? "/inference.GRPCInferenceService/ModelInfer" : "/v2/models/" + model + "/infer";
    }

    /** Returns the headers, as {@code name: value}. */
    List<String> headers() {
        if (isGrpc) {
            return List.of("content-type: " + GRPC_TYPE, "te: trailers");
        }
        return jsonBytes < 0
                ? List.of("content-type: application/json")
                : List.of("content-type: application/octet-stream", "inference-header-content-length: " + jsonBytes);
    }

    private static ServingRequest json(String name, String model, String inputs) {
        String body = "{\"inputs\": [" + inputs + "]}";
        return new ServingRequest(name, model, false, body.getBytes(StandardCharsets.UTF_8), -1);
    }

    private static String numbers(int count) {
        StringJoiner inputs = new StringJoiner(", ");
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            inputs.add(String.format(
                    Locale.ROOT,
                    "{\"name\": \"n%d\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [%.6f]}",
                    i,
                    random.nextGaussian()));
        }
        return inputs.toString();
    }

    private static String categories() {
        StringJoiner inputs = new StringJoiner(", ");
        for (int i = 0; i < ServedModels.CATEGORY_FIELDS; i++) {
            inputs.add("{\"name\": \"c%d\", \"datatype\": \"BYTES\", \"shape\": [1], \"data\": [\"value-%d\"]}"
                    .formatted(i, 7 * i));
        }
        return inputs.toString();
    }

    private static String vectors() {
        StringJoiner data = new StringJoiner(",", "[", "]");
        Random random = new Random(1);
        for (int i = 0; i < ServedModels.ROWS * ServedModels.LENGTH; i++) {
            data.add(Float.toString((float) random.nextGaussian()));
        }
        return "{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [%d, %d], \"data\": %s}"
                .formatted(ServedModels.ROWS, ServedModels.LENGTH, data);
    }

    private static ServingRequest binary(String name, String model) {
        int bytes = ServedModels.ROWS * ServedModels.LENGTH * Float.BYTES;
        byte[] json = ("{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [%d, %d],"
                        + " \"parameters\": {\"binary_data_size\": %d}}], \"parameters\": {\"binary_data_output\": true}}")
                .formatted(ServedModels.ROWS, ServedModels.LENGTH, bytes)
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(json.length + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(json);
        Random random = new Random(1);
        while (body.hasRemaining()) {
            body.putFloat((float) random.nextGaussian());
        }
        return new ServingRequest(name, model, false, body.array(), json.length);
    }

    private static ServingRequest grpc(String name, String model, int fields) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
        Random random = new Random(1);
        for (int i = 0; i < fields; i++) {
            ByteBuffer value = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            value.putDouble(0, random.nextGaussian());
            request.addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                            .setName("n" + i)
                            .setDatatype("FP64")
                            .addShape(1))
                    .addRawInputContents(UnsafeByteOperations.unsafeWrap(value));
        }
        byte[] message = request.build().toByteArray();
        ByteBuffer framed = ByteBuffer.allocate(GRPC_PREFIX + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message);
        return new ServingRequest(name, model, true, framed.array(), -1);
    }
}
