package io.freshet.job.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/**
 * Would catch a record that a model loses, or learns differently, because another model of the topic reads the same field as
 * another type, or skips the record.
 */
class IndependentModelsTest {
    private static final RecordFormat JSON = new RecordFormat.Json(RecordFields.NONE);

    private static final String MICROS = "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";

    /** Every way to read the field x. */
    private static final Map<String, String> READERS = Map.ofEntries(
            Map.entry("number", "features: {numeric: [x]}"),
            Map.entry("optional-number", "features: {numeric: [x], missing: zero}"),
            Map.entry("category", "features: {categorical: [x], hashBits: 8}"),
            Map.entry("optional-category", "features: {categorical: [x], hashBits: 8, missing: indicator}"),
            Map.entry("words", "features: {tokens: [x], hashBits: 8}"),
            Map.entry("sparse", "features: {sparse: [x], hashBits: 8}"),
            Map.entry("vector", "features: {dense: [{field: x, length: 2}]}"),
            Map.entry("columns", "features: {dense: [{field: 'x*', length: 2}]}"),
            Map.entry("time", "features: {time: [{field: x, features: [hour]}]}"),
            Map.entry("equals-text", "features: {numeric: [n]}\nwhen: {field: x, equals: [a, '1', 'true']}"),
            Map.entry("equals-number", "features: {numeric: [n]}\nwhen: {field: x, equals: [1, 2.5]}"),
            Map.entry("exists", "features: {numeric: [n]}\nwhen: {exists: x}"),
            Map.entry("exists-column", "features: {numeric: [n]}\nwhen: {exists: x0}"),
            Map.entry("number-exists", "features: {numeric: [x]}\nwhen: {exists: x}"),
            Map.entry("sparse-exists", "features: {sparse: [x], hashBits: 8}\nwhen: {exists: x}"),
            Map.entry("vector-exists", "features: {dense: [{field: x, length: 2}]}\nwhen: {exists: x}"));

    private static final List<String> VALUES = List.of(
            "1",
            "2.5",
            "1e400",
            "true",
            "null",
            "\"\"",
            "\"a\"",
            "\"a b\"",
            "\"1\"",
            "\"3:0.5 7:2\"",
            "\"2030-01-01T12:00:00Z\"",
            "[1, 2]",
            "[1, \"b\"]",
            "[\"a\", \"b c\"]",
            "[1, [2], {\"z\": 3}]",
            "[]",
            "{}",
            "{\"indices\": [1, 5], \"values\": [2, 3]}",
            "{\"indices\": [-1]}",
            "{\"indices\": \"x\"}");

    /** What became of a record: its sample, or why it was rejected, or nothing. */
    private record Outcome(List<KeyedSample> samples, List<String> rejections) {}

    @Test
    void a_model_learns_and_rejects_the_same_json_records_whatever_the_other_models_read() {
        List<SourceRecord> records = new ArrayList<>();
        VALUES.forEach(value -> records.add(record("{\"n\": 3, \"y\": 1, \"x\": " + value + "}")));
        records.add(record("{\"n\": 3, \"y\": 1}"));
        records.add(record("{\"n\": 3, \"y\": 1, \"x0\": 4, \"x1\": 5}"));
        records.add(record("{\"n\": 3, \"y\": 1, \"x0\": \"a\", \"x1\": 5}"));
        check(JSON, records, Set.of());
    }

    @Test
    void a_model_learns_and_rejects_the_same_avro_samples_whatever_the_other_models_read() {
        SampleWriter writer = new SampleWriter();
        SampleHeader header = new SampleHeader("", "", 0, 0);
        Map<String, Double> numbers = Map.of("n", 3.0, "y", 1.0);
        Map<String, Double> withNumber = new LinkedHashMap<>(numbers);
        withNumber.put("x", 1.0);
        List<SourceRecord> records = new ArrayList<>();
        for (Map<String, Double> some : List.of(numbers, withNumber)) {
            records.add(record(writer.write(header, some, Map.of(), Map.of())));
            records.add(record(writer.write(header, some, Map.of("x", "a"), Map.of())));
            records.add(record(writer.write(header, some, Map.of("x", "a"), Map.of("x", new float[] {1, 2}))));
            records.add(record(writer.write(header, some, Map.of(), Map.of("x", new float[] {1, 2}))));
        }
        check(RecordFormat.avro(), records, Set.of());
    }

    @Test
    void a_model_learns_and_rejects_the_same_confluent_records_whatever_the_other_models_read() throws Exception {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("\"long\"", 7L);
        values.put("\"double\"", 2.5);
        values.put("\"boolean\"", true);
        values.put("\"string\"", "a");
        values.put("[\"null\", \"string\"]", "2030-01-01T12:00:00Z");
        values.put("[\"string\", \"null\"]", "");
        values.put("[\"null\", \"long\"]", null);
        values.put("{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}", 1_893_499_200_000L);
        values.put(MICROS, 1_893_499_200_000_000L);
        values.put("{\"type\": \"array\", \"items\": \"float\"}", List.of(1f, 2f));
        values.put("{\"type\": \"array\", \"items\": \"string\"}", List.of("a", "b"));
        List<String> schemas = new ArrayList<>();
        List<SourceRecord> records = new ArrayList<>();
        for (Map.Entry<String, Object> value : values.entrySet()) {
            String json =
                    "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"n\", \"type\": \"double\"},"
                            + " {\"name\": \"y\", \"type\": \"double\"}, {\"name\": \"x\", \"type\": " + value.getKey()
                            + "}]}";
            GenericData.Record record = new GenericData.Record(new Schema.Parser().parse(json));
            record.put("n", 3.0);
            record.put("y", 1.0);
            record.put("x", value.getValue());
            records.add(record(confluent(schemas.size(), record)));
            schemas.add(json);
        }
        RecordFormat format = new RecordFormat.Confluent(RecordFields.NONE, id -> List.of(schemas.get(id)));
        check(format, records, Set.of("number", "optional-number", "number-exists", "equals-number"));
        // A number is of the unit of the timestamp, and a time beside it is not divided.
        records.remove(new ArrayList<>(values.keySet()).indexOf(MICROS));
        check(format, records, Set.of());
    }

    private static byte[] confluent(int id, GenericData.Record record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    /** @param excluded readers to leave out */
    private static void check(RecordFormat format, List<SourceRecord> records, Set<String> excluded) {
        Map<String, ModelSpec> specs = new LinkedHashMap<>();
        READERS.forEach((name, yaml) ->
                specs.put(name, ModelSpec.parse("name: " + name + "\nlabel: y\nloss: mean-squared-error\n" + yaml)));
        specs.keySet().removeAll(excluded);
        int learned = 0;
        for (ModelSpec spec : specs.values()) {
            List<Outcome> alone = outcomes(format, spec, List.of(spec), records);
            learned += (int) alone.stream()
                    .filter(outcome -> !outcome.samples().isEmpty())
                    .count();
            for (ModelSpec other : specs.values()) {
                if (other != spec && !isSameVector(spec, other)) {
                    assertThat(outcomes(format, spec, List.of(other, spec), records))
                            .as("%s beside %s", spec.name(), other.name())
                            .usingRecursiveComparison()
                            .isEqualTo(alone);
                }
            }
            List<ModelSpec> all = specs.values().stream()
                    .filter(other -> !isSameVector(spec, other))
                    .toList();
            assertThat(outcomes(format, spec, all, records))
                    .as("%s beside all others", spec.name())
                    .usingRecursiveComparison()
                    .isEqualTo(alone);
        }
        assertThat(learned).as("samples").isGreaterThan(specs.size());
    }

    /** Returns whether one reads a vector as an array, and the other as an array or as columns: the same field by definition. */
    private static boolean isSameVector(ModelSpec spec, ModelSpec other) {
        return spec.name().startsWith("vector") && other.name().equals("columns");
    }

    private static List<Outcome> outcomes(
            RecordFormat format, ModelSpec spec, List<ModelSpec> specs, List<SourceRecord> records) {
        List<String> rejections = new ArrayList<>();
        SampleFactory factory =
                new SampleFactory(format, specs, Map.of(), List.of(), (record, reason, model, message) -> {
                    if (model.isEmpty() || model.equals(spec.name())) {
                        // The rest of the message may name the type that another model reads.
                        rejections.add(reason + " " + message.replaceFirst("[\\[:].*", ""));
                    }
                });
        List<Outcome> outcomes = new ArrayList<>();
        for (SourceRecord record : records) {
            List<KeyedSample> samples = factory.encode(record).stream()
                    .filter(sample -> sample.modelKey().equals(spec.name() + "/"))
                    .toList();
            outcomes.add(new Outcome(samples, List.copyOf(rejections)));
            rejections.clear();
        }
        return outcomes;
    }

    private static SourceRecord record(String json) {
        return record(json.getBytes(UTF_8));
    }

    private static SourceRecord record(byte[] value) {
        return new SourceRecord(0, 7, 1, null, value, RecordHeaders.NONE);
    }
}
