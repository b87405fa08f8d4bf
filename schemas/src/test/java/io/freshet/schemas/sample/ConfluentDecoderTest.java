package io.freshet.schemas.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.wire.Sample;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch fields read from the wrong position, compared with Avro's own writer. */
class ConfluentDecoderTest extends ConfluentRecords {
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
                .isEqualTo("clicked~\"yes\" hour=7 ! price: of type bytes (expected: a number)"
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
}
