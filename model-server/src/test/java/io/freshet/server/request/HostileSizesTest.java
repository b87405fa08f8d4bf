package io.freshet.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.server.Allocations;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Small requests that declare or repeat much. Would catch an array of a size that only the request claims. */
class HostileSizesTest {
    /** Objects of a value or a field that has two bytes in the request. */
    private static final int BYTES_PER_BYTE = 64;
    /** Buffers of the JSON parser. */
    private static final int BYTES = 256 << 10;

    private static final String LARGE = "[1, 16777216]";
    private static final int MANY = 20_000;

    /** Bodies, of which the JSON may be a part. */
    static final Map<String, Request> REQUESTS = new TreeMap<>(Map.ofEntries(
            Map.entry("texts that are not there", binary(LARGE, "BYTES", "0", 0)),
            Map.entry("texts of which one is there", binary(LARGE, "BYTES", "4", 4)),
            Map.entry("numbers that are not there", binary(LARGE, "FP64", "0", 0)),
            Map.entry("flags that are not there", binary("[1, 4096, 4096]", "BOOL", "0", 0)),
            Map.entry("a text of two gigabytes", binary("[1]", "BYTES", "4", new byte[] {-1, -1, -1, 127})),
            Map.entry("more binary data than there is", binary("[1]", "FP64", "9223372036854775807", 8)),
            Map.entry("a large shape of plain values", json(LARGE, "FP64", "[1]")),
            Map.entry("a large shape of texts", json(LARGE, "BYTES", "[\"\"]")),
            Map.entry("a large shape, and an unknown field", json(LARGE + ", \"x\": 1", "FP64", "[1]")),
            Map.entry(
                    "many inputs with a large shape",
                    body("{\"inputs\": ["
                            + ("{\"name\": \"a\", \"shape\": " + LARGE + ", \"data\": [1], \"datatype\": \"FP64\"},")
                                    .repeat(200)
                            + "]}")),
            Map.entry("more rows than allowed", json("[16777216]", "FP64", "[1]")),
            Map.entry("a product that overflows", json("[1, 4294967296, 4294967296]", "FP64", "[1]")),
            Map.entry("a long number", json("[1]", "FP64", "[1e999999999]")),
            Map.entry("a number of many digits", json("[1]", "INT64", "[" + "9".repeat(MANY) + "]")),
            Map.entry(
                    "a parameter with a huge exponent", body("{\"parameters\": {\"a\": 1e999999999}, \"inputs\": []}")),
            Map.entry("a size with a huge exponent", binary("[1]", "FP64", "1e999999999", 8)),
            Map.entry("deep arrays", json("[1]", "FP64", "[".repeat(MANY))),
            Map.entry("deep objects", body("{\"a\":".repeat(MANY))),
            Map.entry("many values", json("[1, " + MANY + "]", "FP64", "[" + "1,".repeat(MANY - 1) + "1]")),
            Map.entry("many nulls in arrays", json("[1]", "FP64", "[" + "[null],".repeat(MANY) + "1]")),
            Map.entry("many texts", json("[1, " + MANY + "]", "BYTES", "[" + "\"\",".repeat(MANY - 1) + "\"\"]")),
            Map.entry("many unknown fields", body("{" + numbered("\"%d\":0") + "}")),
            Map.entry("many parameters", body("{\"parameters\": {" + numbered("\"%d\":0") + "}}")),
            Map.entry("many outputs", body("{\"outputs\": [" + numbered("{\"name\":\"\"}") + "]}"))));

    /** @param jsonBytes the size of the JSON at the start of the body */
    record Request(Buffer body, int jsonBytes) {}

    static final Iterable<String> NAMES = REQUESTS.keySet();

    @ParameterizedTest
    @FieldSource("NAMES")
    void memory_is_proportional_to_the_bytes_received(String name) {
        Request request = REQUESTS.get(name);
        InferRequestReader reader = new InferRequestReader(10_000);

        long allocated = Allocations.of(() -> reader.read(request.body, request.jsonBytes));

        assertThat(allocated).isLessThan(BYTES + (long) BYTES_PER_BYTE * request.body.length());
    }

    private static Request binary(String shape, String datatype, String size, int bytes) {
        return binary(shape, datatype, size, new byte[bytes]);
    }

    private static Request binary(String shape, String datatype, String size, byte[] bytes) {
        Buffer json = Buffer.buffer("{\"inputs\": [{\"name\": \"a\", \"shape\": " + shape + ", \"datatype\": \""
                + datatype + "\", \"parameters\": {\"binary_data_size\": " + size + "}}]}");
        int length = json.length();
        return new Request(json.appendBytes(bytes), length);
    }

    private static Request json(String shape, String datatype, String data) {
        return body("{\"inputs\": [{\"name\": \"a\", \"shape\": " + shape + ", \"datatype\": \"" + datatype
                + "\", \"data\": " + data + "}]}");
    }

    private static Request body(String json) {
        Buffer body = Buffer.buffer(json);
        return new Request(body, body.length());
    }

    private static String numbered(String item) {
        return IntStream.range(0, MANY).mapToObj(item::formatted).collect(Collectors.joining(","));
    }
}
