package io.freshet.server;

import static io.freshet.server.GrpcRequests.input;
import static io.freshet.server.GrpcRequests.raw;
import static io.freshet.server.GrpcRequests.request;
import static io.freshet.server.GrpcRequests.typed;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The models {@code echo}, {@code sum}, and {@code addsub}, with inputs of every datatype. Catches a datatype that is read with a
 * wrong width or sign. The values are 0 and 1, which all datatypes can represent.
 */
@Timeout(60)
class ConformanceModelsIT {
    private static final int[] INPUT0 = {1, 1};
    private static final int[] INPUT1 = {0, 1};
    private static final List<String> DATATYPES =
            List.of("BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP32", "FP64");

    private static RunningServer server;
    private static GrpcClient client;

    @BeforeAll
    static void start() {
        server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withServing(new ServerOptions.Serving(
                        UnknownKeys.ERROR, Map.of(), VersionLimits.DEFAULT, null, List.of(), true)));
        client = new GrpcClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"echo, 1 0 1 1", "sum, 1 2", "addsub, 1 1 2 0"})
    void rest_predicts_with_every_datatype(String model, String expected) throws Exception {
        for (String datatype : DATATYPES) {
            String body = "{\"inputs\": [%s, %s]}"
                    .formatted(tensor("INPUT0", datatype, INPUT0), tensor("INPUT1", datatype, INPUT1));

            assertThat(server.infer(model, body)
                            .getJsonArray("outputs")
                            .getJsonObject(0)
                            .getJsonArray("data"))
                    .as(datatype)
                    .extracting(value -> Long.toString(((Number) value).longValue()))
                    .containsExactly(expected.split(" "));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP32", "FP64"
            })
    void grpc_adds_typed_contents(String datatype) {
        ModelInferResponse response = infer(request("sum")
                .addInputs(input("INPUT0", datatype, 2).setContents(typed(datatype, INPUT0)))
                .addInputs(input("INPUT1", datatype, 2).setContents(typed(datatype, INPUT1))));

        assertThat(response.getOutputs(0).getContents().getFp32ContentsList()).containsExactly(1f, 2f);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP16", "BF16",
                "FP32", "FP64"
            })
    void grpc_adds_raw_contents(String datatype) {
        ModelInferResponse response = infer(request("sum")
                .addInputs(input("INPUT0", datatype, 2))
                .addInputs(input("INPUT1", datatype, 2))
                .addRawInputContents(raw(datatype, INPUT0))
                .addRawInputContents(raw(datatype, INPUT1)));

        ByteBuffer sums =
                response.getRawOutputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(List.of(sums.getFloat(), sums.getFloat())).containsExactly(1f, 2f);
    }

    private static ModelInferResponse infer(ModelInferRequest.Builder request) {
        return client.call("ModelInfer", request.build(), ModelInferResponse.getDefaultInstance());
    }

    private static String tensor(String name, String datatype, int[] values) {
        boolean isBool = datatype.equals("BOOL");
        return "{\"name\": \"%s\", \"datatype\": \"%s\", \"shape\": [2], \"data\": [%s, %s]}"
                .formatted(name, datatype, isBool ? values[0] == 1 : values[0], isBool ? values[1] == 1 : values[1]);
    }
}
