package io.freshet.benchmarks.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.UnsafeByteOperations;
import io.freshet.server.grpc.proto.ModelInferRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A request to predict, which a client repeats.
 *
 * @param name of the row of results
 * @param path of the URL
 * @param headers as {@code name: value}
 */
record ServingRequest(String name, String path, List<String> headers, byte[] body) {
    static final String GRPC_TYPE = "application/grpc";
    /** Whose parameters are swapped. */
    static final ServingRequest CATEGORIES = json(
            "REST, 1 row of 32 categories",
            ServedModels.CATEGORIES,
            each(ServedModels.CATEGORY_FIELDS, i -> tensor("c" + i, "BYTES", "1", "\"value-" + 7 * i + "\"")));

    private static final String GRPC_PATH = "/inference.GRPCInferenceService/ModelInfer";
    private static final int GRPC_PREFIX = 5;
    private static final int NUMBERS = 8;
    private static final int VALUES = ServedModels.ROWS * ServedModels.LENGTH;
    private static final String SHAPE = ServedModels.ROWS + "," + ServedModels.LENGTH;

    /** Returns the requests to compare. */
    static List<ServingRequest> all() {
        Random random = new Random(1);
        return List.of(
                json(
                        "REST, 1 row of 8 numbers",
                        ServedModels.NUMBERS,
                        each(
                                NUMBERS,
                                i -> tensor("n" + i, "FP64", "1", Float.toString((float) random.nextGaussian())))),
                CATEGORIES,
                grpc(random),
                json(
                        "REST, 256 x 100 as JSON",
                        ServedModels.VECTOR,
                        tensor("x", "FP32", SHAPE, each(VALUES, i -> Float.toString((float) random.nextGaussian())))),
                binary(random));
    }

    boolean isGrpc() {
        return path.equals(GRPC_PATH);
    }

    private static ServingRequest json(String name, String model, String inputs) {
        byte[] body = ("{\"inputs\": [" + inputs + "]}").getBytes(UTF_8);
        return new ServingRequest(name, path(model), List.of("content-type: application/json"), body);
    }

    private static String path(String model) {
        return "/v2/models/" + model + "/infer";
    }

    private static String each(int count, IntFunction<String> text) {
        return IntStream.range(0, count).mapToObj(text).collect(Collectors.joining(","));
    }

    private static String tensor(String name, String datatype, String shape, String data) {
        return "{\"name\": \"%s\", \"datatype\": \"%s\", \"shape\": [%s], \"data\": [%s]}"
                .formatted(name, datatype, shape, data);
    }

    private static ServingRequest binary(Random random) {
        byte[] json = ("{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [%s],"
                        + " \"parameters\": {\"binary_data_size\": %d}}], \"parameters\": {\"binary_data_output\": true}}")
                .formatted(SHAPE, VALUES * Float.BYTES)
                .getBytes(UTF_8);
        ByteBuffer body = ByteBuffer.allocate(json.length + VALUES * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(json);
        while (body.hasRemaining()) {
            body.putFloat((float) random.nextGaussian());
        }
        List<String> headers =
                List.of("content-type: application/octet-stream", "inference-header-content-length: " + json.length);
        return new ServingRequest("REST, 256 x 100 binary", path(ServedModels.VECTOR), headers, body.array());
    }

    private static ServingRequest grpc(Random random) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(ServedModels.NUMBERS);
        for (int i = 0; i < NUMBERS; i++) {
            ByteBuffer value = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            value.putDouble(0, random.nextGaussian());
            request.addRawInputContents(UnsafeByteOperations.unsafeWrap(value));
            request.addInputsBuilder().setName("n" + i).setDatatype("FP64").addShape(1);
        }
        byte[] message = request.build().toByteArray();
        ByteBuffer framed = ByteBuffer.allocate(GRPC_PREFIX + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message);
        List<String> headers = List.of("content-type: " + GRPC_TYPE, "te: trailers");
        return new ServingRequest("gRPC, 1 row of 8 numbers", GRPC_PATH, headers, framed.array());
    }
}
