package io.freshet.server.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Stage;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.sample.SparseVector;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Would catch a label or an unrelated field among the examples, and an example that the server rejects. */
class ExampleRowTest {
    private static final ServedSpec SPEC = RecentSamplesTest.served("{name: m, label: y, weight: w, key: shop,"
            + " features: {numeric: [a], categorical: [city], dense: [{field: v, length: 2}], sparse: [{field: s, hash: true}],"
            + " time: [{field: t, features: [hour]}]}, loss: mean-squared-error}");
    private static final SampleHeader AT_9 = new SampleHeader("", "", 9, 0);

    @Test
    void has_every_input_and_neither_the_label_nor_the_weight_nor_other_fields() {
        JsonObject example =
                example("", record("x", Map.of("a", 1.5, "y", 7.0, "w", 2.0, "t", 60_000.0, "secret", 3.0)));

        assertThat(example.encode())
                .isEqualTo(
                        "{\"source\":\"record\",\"at\":\"1970-01-01T00:00:00.009Z\",\"values\":{\"a\":1.5,\"shop\":\"x\","
                                + "\"city\":\"Rome\",\"s\":\"3:0.5 7:1.0\",\"t\":\"1970-01-01T00:01:00Z\",\"v\":[1.0,2.0]}}");
    }

    @Test
    void a_record_without_an_input_is_no_example() {
        byte[] complete = record("x", Map.of("a", 1.0, "t", 0.0));
        byte[] withoutNumber = record("x", Map.of("t", 0.0));
        byte[] notFinite = record("x", Map.of("a", Double.POSITIVE_INFINITY, "t", 0.0));
        byte[] longText = record("x".repeat(5_000), Map.of("a", 2.0, "t", 0.0));

        assertThat(example("", withoutNumber, notFinite, longText, complete)
                        .getJsonObject("values")
                        .getDouble("a"))
                .isEqualTo(1.0);
        assertThat(example("", withoutNumber).encode()).isEqualTo("{\"source\":\"none\",\"values\":{}}");
    }

    @Test
    void a_record_of_the_key_is_preferred_and_another_better_than_none() {
        byte[] ofX = record("x", Map.of("a", 1.0, "t", 0.0));
        byte[] ofY = record("y", Map.of("a", 2.0, "t", 0.0));

        assertThat(shop(example("y", ofX, ofY))).isEqualTo("y");
        assertThat(shop(example("z", ofX, ofY))).isEqualTo("x");
        assertThat(shop(example("", ofX, ofY))).isEqualTo("x");
    }

    @Test
    void a_closed_sample_is_no_example() {
        SampleHeader header = new SampleHeader("r1", "", 9, 0, Stage.CLOSED, null);
        byte[] closed = new SampleWriter()
                .write(
                        header,
                        Map.of("a", 1.0, "t", 0.0),
                        Map.of("shop", "x", "city", "Rome"),
                        Map.of("v", new float[2]));
        assertThat(example("", closed).encode()).isEqualTo("{\"source\":\"none\",\"values\":{}}");
    }

    private static String shop(JsonObject example) {
        return example.getJsonObject("values").getString("shop");
    }

    private static byte[] record(String shop, Map<String, Double> numbers) {
        return new SampleWriter()
                .write(
                        AT_9,
                        numbers,
                        Map.of("shop", shop, "city", "Rome", "secret", "hush"),
                        Map.of("v", new float[] {1, 2}),
                        Map.of("s", new SparseVector(new int[] {3, 7}, new float[] {0.5f, 1})));
    }

    private static JsonObject example(String key, byte[]... newestFirst) {
        List<SampleRecords.Recorded> records = Arrays.stream(newestFirst)
                .map(value -> new SampleRecords.Recorded(value, 1))
                .toList();
        return new ExampleRow(SPEC).of(new SampleRecords(RecordFormat.avro(), records), null, key);
    }
}
