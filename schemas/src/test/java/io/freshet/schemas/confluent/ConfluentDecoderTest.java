package io.freshet.schemas.confluent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.sample.DecodedRow;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.wire.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch fields read from the wrong position, compared with Avro's own writer, and lengths trusted without a check. */
class ConfluentDecoderTest {
    private static final RowLayout LAYOUT = new RowLayout(
            List.of("clicked", "user.age", "price", "tags.size"),
            List.of("user.country", "words", "tags.color", "hour", "kind"),
            List.of("pixel*", "image.mask"));
    private static final String EVENT = """
            {"type": "record", "name": "Event", "fields": [
              {"name": "skipped", "type": {"type": "array", "items": {"type": "map", "values": ["null", "bytes", "float"]}}},
              {"name": "clicked", "type": "boolean"},
              {"name": "parent", "type": ["null", "Event"]},
              {"name": "user", "type": ["null", {"type": "record", "name": "User", "fields": [
                {"name": "country", "type": ["null", "string"]},
                {"name": "id", "type": {"type": "fixed", "name": "Uid", "size": 3}},
                {"name": "age", "type": ["null", "int", "double"]}]}]},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "tags", "type": {"type": "map", "values": ["long", "string"]}},
              {"name": "hour", "type": "long"},
              {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["VIEW", "BUY"]}},
              {"name": "words", "type": {"type": "array", "items": "string"}},
              {"name": "pixel", "type": {"type": "array", "items": "double"}},
              {"name": "image", "type": {"type": "record", "name": "Image", "fields": [
                {"name": "mask", "type": {"type": "array", "items": ["null", "int"]}}]}},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
              {"name": "key", "type": "int"}]}
            """;

    private final Map<Integer, List<String>> registered = new HashMap<>();
    private int lookups;
    private final ConfluentDecoder decoder =
            new ConfluentDecoder(LAYOUT, RecordFields.of("key", "$.at", null), this::schemas);

    private List<String> schemas(int id) throws MalformedRecordException {
        lookups++;
        if (id < 0) {
            throw new UncheckedIOException(new IOException("down"));
        }
        if (!registered.containsKey(id)) {
            throw new MalformedRecordException("schema " + id + ": not found");
        }
        return registered.get(id);
    }

    @Test
    void finds_fields_of_any_schema_by_name_and_path() throws Exception {
        GenericData.Record event = event();
        GenericData.Record parent = event();
        parent.put("clicked", false);
        parent.put("hour", 99L);
        event.put("parent", parent);
        assertThat(decode(7, EVENT, event))
                .isEqualTo("clicked=1.0 user.age=41.0 price=-12.34 tags.size=5.0 user.country=CH words=a b"
                        + " tags.color=rot hour=7 kind=BUY pixel*=[1.5, -2.0] image.mask=[0.0, 1.0] id=3"
                        + " time=1700000000123");
        ((GenericData.Record) event.get("user")).put("age", 2.5);
        ((GenericData.Record) event.get("user")).put("country", null);
        assertThat(decode(7, EVENT, event)).contains("user.age=2.5").doesNotContain("country");
        event.put("user", null);
        event.put("tags", Map.of());
        assertThat(decode(7, EVENT, event))
                .isEqualTo("clicked=1.0 price=-12.34 words=a b hour=7 kind=BUY pixel*=[1.5, -2.0] image.mask=[0.0, 1.0]"
                        + " id=3 time=1700000000123");
        assertThat(lookups).isEqualTo(1);
    }

    @Test
    void writers_may_add_drop_and_reorder_fields_record_by_record() throws Exception {
        String one =
                "{'type':'record','name':'E','fields':[{'name':'clicked','type':'int'},{'name':'hour','type':'string'}]}";
        String two = "{'type':'record','name':'E','fields':[{'name':'new','type':{'type':'array','items':'string'}},"
                + "{'name':'hour','type':'float'},{'name':'price','type':'float'},{'name':'clicked','type':'double'}]}";
        String three =
                "{'type':'record','name':'E','fields':[{'name':'pixel0','type':'int'},{'name':'pixel1','type':['null','double']}]}";
        for (int round = 0; round < 2; round++) {
            assertThat(decode(1, json(one), record(json(one), "clicked", 1, "hour", "7")))
                    .isEqualTo("clicked=1.0 hour=7");
            assertThat(decode(
                            2,
                            json(two),
                            record(json(two), "new", List.of("x"), "hour", 7f, "price", 2.5f, "clicked", 0.0)))
                    .isEqualTo("clicked=0.0 price=2.5 hour=7.0");
            assertThat(decode(3, json(three), record(json(three), "pixel0", 4, "pixel1", 5.0)))
                    .isEqualTo("pixel*=[4.0, 5.0]");
            assertThat(decode(3, json(three), record(json(three), "pixel0", 4, "pixel1", null)))
                    .isEqualTo("pixel*=[4.0]");
        }
        assertThat(lookups).isEqualTo(3);
    }

    @Test
    void reads_records_of_indices_and_values_as_sparse_vectors() throws Exception {
        String ints = sparseSchema("'int'", "{'type':'array','items':'float'}");
        assertThat(decode(1, ints, sparse(ints, List.of(7, 0, 7), List.of(0.5f, -2f, 1f))))
                .isEqualTo("words=[7, 0, 7][0.5, -2.0, 1.0]");
        assertThat(decode(1, ints, sparse(ints, List.of(7, 0), List.of()))).isEqualTo("words=[7, 0][1.0, 1.0]");
        String longs = sparseSchema("'long'", "['null',{'type':'array','items':'double'}]");
        assertThat(decode(2, longs, sparse(longs, List.of(2_147_483_647L), List.of(0.25))))
                .isEqualTo("words=[2147483647][0.25]");
        assertThat(decode(2, longs, sparse(longs, List.of(1L, 2L), null))).isEqualTo("words=[1, 2][1.0, 1.0]");
        assertThat(decode(2, longs, sparse(longs, List.of(1L, -5L), null)))
                .isEqualTo("! words[1]: index -5 (expected: a whole number from 0 to 2147483647)");
        assertThat(decode(2, longs, sparse(longs, List.of(1L << 31), null)))
                .startsWith("! words[0]: index 2147483648 (expected: ");
        assertThat(decode(2, longs, sparse(longs, List.of(1L, 2L), List.of(1.0))))
                .isEqualTo("! words: 1 value (expected: one for each of 2 indices, or none)");
        String only = json(
                "{'type':'record','name':'E','fields':[{'name':'words','type':['null',{'type':'record','name':'S',"
                        + "'fields':[{'name':'note','type':'string'},{'name':'indices','type':{'type':'array','items':'int'}}]}]}]}");
        Schema record = new Schema.Parser()
                .parse(only)
                .getField("words")
                .schema()
                .getTypes()
                .get(1);
        GenericData.Record vector = record(record.toString(), "note", "skipped", "indices", List.of(3));
        assertThat(decode(3, only, record(only, "words", vector))).isEqualTo("words=[3][1.0]");
        String texts = sparseSchema("'string'", "'null'");
        assertThat(decode(4, texts, sparse(texts, List.of("1"), null)))
                .isEqualTo("! words: of type record (expected: a text)");
    }

    private static String sparseSchema(String index, String values) {
        return json(
                "{'type':'record','name':'E','fields':[{'name':'words','type':{'type':'record','name':'S','fields':["
                        + "{'name':'indices','type':{'type':'array','items':" + index + "}},{'name':'values','type':"
                        + values
                        + "}]}}]}");
    }

    private static GenericData.Record sparse(String schema, List<?> indices, @Nullable List<?> values) {
        Schema record = new Schema.Parser().parse(schema).getField("words").schema();
        return record(schema, "words", record(record.toString(), "indices", indices, "values", values));
    }

    @Test
    void a_field_of_the_wrong_type_is_missing_and_the_others_are_read() throws Exception {
        String schema = json("{'type':'record','name':'E','fields':[{'name':'clicked','type':'string'},"
                + "{'name':'price','type':'bytes'},{'name':'words','type':{'type':'array','items':'string'}},"
                + "{'name':'user','type':{'type':'map','values':{'type':'map','values':'int'}}},"
                + "{'name':'pixel','type':{'type':'array','items':'string'}},{'name':'hour','type':'int'}]}");
        GenericData.Record record = record(
                schema,
                "clicked",
                "yes",
                "price",
                ByteBuffer.wrap(new byte[3]),
                "words",
                List.of("a", "b c"),
                "user",
                Map.of("age", Map.of("x", 1)),
                "pixel",
                List.of("1"),
                "hour",
                7);
        assertThat(decode(1, schema, record))
                .isEqualTo("hour=7 ! clicked: \"yes\" (expected: a number) ! price: of type bytes (expected: a number)"
                        + " ! words[1]: \"b c\" (expected: a word without spaces) ! user.age: of type map (expected: a"
                        + " number) ! pixel: of type array (expected: an array of numbers)");
    }

    @Test
    void nan_stays_nan_in_numbers_and_invalidates_vectors_for_every_model() throws Exception {
        String schema = json("{'type':'record','name':'E','fields':[{'name':'clicked','type':'double'},"
                + "{'name':'pixel','type':{'type':'array','items':['null','float']}}]}");
        assertThat(decode(
                        1, schema, record(schema, "clicked", Double.NaN, "pixel", Arrays.asList(1f, null, Float.NaN))))
                .isEqualTo("clicked=NaN pixel*=[1.0, NaN, Infinity]");
    }

    @Test
    void reads_freshet_samples_of_any_version_in_this_format_too() throws Exception {
        byte[] single = new SampleWriter()
                .write(
                        new SampleHeader("i", "m", 5, 0),
                        Map.of("clicked", 1.0),
                        Map.of("hour", "7"),
                        Map.of("pixel", new float[] {1}));
        byte[] body = Arrays.copyOfRange(single, 10, single.length);
        registered.put(9, List.of(Sample.getClassSchema().toString()));
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(9, body)))
                .isEqualTo("clicked=1.0 hour=7 pixel*=[1.0] id=i time=5 model=m");

        String later = Sample.getClassSchema()
                .toString()
                .replace("{\"name\":\"epoch\"", "{\"name\":\"x\",\"type\":\"long\"},{\"name\":\"epoch\"");
        registered.put(10, List.of(later));
        byte[] longer = Arrays.copyOf(body, body.length + 1);
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(10, longer)))
                .isEqualTo("clicked=1.0 hour=7 pixel*=[1.0] id=i time=5 model=m");
        String event = json("{'type':'record','name':'E','fields':[{'name':'clicked','type':'int'}]}");
        assertThat(decode(11, event, record(event, "clicked", 1))).isEqualTo("clicked=1.0");
    }

    @Test
    void a_schema_may_refer_to_others() throws Exception {
        registered.put(
                1,
                List.of(
                        json("{'type':'record','name':'n.User','fields':[{'name':'age','type':'int'}]}"),
                        json("{'type':'record','name':'E','fields':[{'name':'user','type':'n.User'}]}")));
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(1, new byte[] {82}))).isEqualTo("user.age=41.0");
    }

    @Test
    void records_without_the_header_or_a_schema_are_malformed() throws Exception {
        assertThat(DecodedRow.of(decoder, LAYOUT, new byte[0]))
                .startsWith("malformed value: empty (expected: Avro in the Confluent");
        assertThat(DecodedRow.of(decoder, LAYOUT, new byte[] {1, 0, 0, 0, 7, 0}))
                .startsWith("malformed value: 01 00 00 00 07 00 (exp");
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(5, new byte[2]))).isEqualTo("malformed schema 5: not found");
        registered.put(6, List.of("\"string\""));
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(6, new byte[2])))
                .isEqualTo("malformed schema 6: string (expected: a record)");
        registered.put(7, List.of("{\"type\": \"recor\"}"));
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(7, new byte[2])))
                .startsWith("malformed schema 7: ")
                .endsWith("(expected: an Avro schema)");
        assertThatThrownBy(() -> decoder.decode(frame(-1, new byte[2]), 0, new Row(LAYOUT)))
                .isInstanceOf(UncheckedIOException.class);
    }

    /** Ten bytes must not allocate two gigabytes, a few must not loop 2^60 times, and nesting must not overflow the stack. */
    @Test
    void no_length_is_trusted_before_the_bytes_exist() throws Exception {
        String schema = json("{'type':'record','name':'E','fields':["
                + "{'name':'nothing','type':{'type':'array','items':'null'}},"
                + "{'name':'empty','type':{'type':'array','items':{'type':'record','name':'Empty','fields':[]}}},"
                + "{'name':'next','type':['null','E']},"
                + "{'name':'pixel','type':{'type':'array','items':'null'}},"
                + "{'name':'words','type':{'type':'array','items':'string'}}]}");
        registered.put(1, List.of(schema));
        long[] absurd = {1L << 60, Long.MAX_VALUE, Long.MIN_VALUE, -(1L << 60), Integer.MAX_VALUE};
        byte[] tail = {0, 0, 0, 0, 0};
        for (long count : absurd) {
            for (int zeros = 0; zeros < 5; zeros++) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.write(new byte[zeros]);
                BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
                encoder.writeLong(count);
                encoder.flush();
                out.write(tail);
                assertThat(DecodedRow.of(decoder, LAYOUT, frame(1, out.toByteArray())))
                        .startsWith("malformed ");
            }
        }
        byte[] deep = new byte[3_000_000];
        for (int i = 2; i < deep.length; i += 3) {
            deep[i] = 2;
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(1, deep)))
                .isEqualTo("malformed value: nested deeper (expected: up to 128 levels)");
        byte[] blocks = new byte[1_000_000];
        for (int i = 0; i + 3 < blocks.length; i += 3) {
            blocks[i] = (byte) 0x80;
            blocks[i + 1] = (byte) 0x84;
            blocks[i + 2] = 0x0c;
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(1, blocks))).startsWith("malformed ");
    }

    @Test
    void random_bytes_are_read_or_malformed_and_do_not_affect_the_next_record() throws Exception {
        long seed = 20260302;
        SplittableRandom random = new SplittableRandom(seed);
        String expected = decode(7, EVENT, event());
        byte[] valid = frame(7, body(EVENT, event()));
        for (int length = 0; length < valid.length; length++) {
            assertThat(DecodedRow.of(decoder, LAYOUT, Arrays.copyOf(valid, length)))
                    .startsWith("malformed ");
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, Arrays.copyOf(valid, valid.length + 1)))
                .isEqualTo("malformed value: 1 bytes left over (expected: the end)");
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = valid.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                bytes[random.nextInt(5, bytes.length)] = (byte) random.nextInt();
            }
            assertThat(DecodedRow.of(decoder, LAYOUT, bytes))
                    .as("seed %d, trial %d", seed, trial)
                    .isNotNull();
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, valid)).isEqualTo(expected);
    }

    private static GenericData.Record event() {
        Schema schema = new Schema.Parser().parse(EVENT);
        Schema user = schema.getField("user").schema().getTypes().get(1);
        GenericData.Record person = new GenericData.Record(user);
        person.put("country", "CH");
        person.put("id", new GenericData.Fixed(user.getField("id").schema(), new byte[] {1, 2, 3}));
        person.put("age", 41);
        GenericData.Record image =
                new GenericData.Record(schema.getField("image").schema());
        image.put("mask", List.of(0, 1));
        GenericData.Record event = new GenericData.Record(schema);
        Map<String, Object> inside = new HashMap<>();
        inside.put("a", ByteBuffer.wrap("bytes".getBytes(UTF_8)));
        inside.put("b", null);
        inside.put("c", 1f);
        event.put("skipped", List.of(inside, Map.of()));
        event.put("clicked", true);
        event.put("user", person);
        event.put("price", ByteBuffer.wrap(java.math.BigInteger.valueOf(-1234).toByteArray()));
        event.put("tags", Map.of("size", 5L, "color", "rot", "other", "x"));
        event.put("hour", 7L);
        event.put("kind", new GenericData.EnumSymbol(schema.getField("kind").schema(), "BUY"));
        event.put("words", List.of("a", "b"));
        event.put("pixel", List.of(1.5, -2.0));
        event.put("image", image);
        event.put("at", 1_700_000_000_123_456L);
        event.put("key", 3);
        return event;
    }

    private static GenericData.Record record(String schema, Object... fields) {
        GenericData.Record record = new GenericData.Record(new Schema.Parser().parse(schema));
        for (int i = 0; i < fields.length; i += 2) {
            record.put((String) fields[i], fields[i + 1]);
        }
        return record;
    }

    private String decode(int id, String schema, GenericData.Record record) throws IOException {
        registered.put(id, List.of(schema));
        return DecodedRow.of(decoder, LAYOUT, frame(id, body(schema, record)));
    }

    private static byte[] body(String schema, GenericData.Record record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericData.Record>(new Schema.Parser().parse(schema)).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static byte[] frame(int id, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
