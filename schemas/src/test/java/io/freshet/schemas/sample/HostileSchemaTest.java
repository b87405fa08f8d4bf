package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.wire.Sample;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch schemas and records of a few bytes that cost gigabytes, minutes, or the stack. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileSchemaTest {
    private static final RowLayout LAYOUT = new RowLayout(List.of("n", "a.b.c.d.e.f"), List.of("t"), List.of("v"));

    @Test
    void a_decimal_is_expanded_only_up_to_a_scale_that_a_double_can_hold() {
        assertThat(decode(decimal("t", 1_000), 2, 1)).isEqualTo("t=0." + "0".repeat(999) + "1");
        assertThat(decode(decimal("t", Integer.MAX_VALUE), 2, 1))
                .isEqualTo("! t: of scale 2147483647 (expected: a decimal of a scale up to 1000)");
        assertThat(decode(decimal("n", Integer.MAX_VALUE), 2, 1))
                .isEqualTo("! n: of scale 2147483647 (expected: a decimal of a scale up to 1000)");
        ConfluentDecoder ids = new ConfluentDecoder(
                LAYOUT, RecordFields.of("id", null, null), any -> List.of(decimal("id", Integer.MAX_VALUE)));
        assertThat(DecodedRow.of(ids, LAYOUT, new byte[] {0, 0, 0, 0, 1, 2, 1}))
                .isEqualTo("malformed id: of scale 2147483647 (expected: a decimal of a scale up to 1000)");
    }

    private static String decimal(String name, int scale) {
        return event("{'name':'" + name + "','type':{'type':'bytes','logicalType':'decimal','precision':2147483647,"
                + "'scale':" + scale + "}}");
    }

    /** One plan for each way through the unions would be 40^6 plans. */
    @Test
    void a_union_of_many_records_at_each_step_of_a_path_needs_one_plan_per_record_and_step() {
        String names = IntStream.range(0, 40).mapToObj(i -> "'R" + i + "'").collect(Collectors.joining(","));
        String fields = "abcdef"
                .chars()
                .mapToObj(step -> "{'name':'" + (char) step + "','type':['null','long'," + names + "]}")
                .collect(Collectors.joining(","));
        String records = IntStream.range(0, 40)
                .mapToObj(i -> "{'name':'x" + i + "','type':['null',{'type':'record','name':'R" + i + "','fields':["
                        + fields + "]}]}")
                .collect(Collectors.joining(","));
        byte[] body = new byte[40 + 15 + 6 + 1 + 15];
        // The first field of the record is null, and so are all others but one at each step.
        ByteBuffer out = ByteBuffer.wrap(body).position(40);
        for (int step = 0; step < 6; step++) {
            out.put(new byte[step]).put((byte) (step == 5 ? 2 : 4));
            if (step == 5) {
                out.put((byte) 14);
            }
        }
        assertThat(decode(event(records + "," + fields), body)).isEqualTo("a.b.c.d.e.f=7.0");
    }

    /** One plan for each use of the enum would have 10^8 texts. */
    @Test
    void an_enum_that_many_records_use_needs_one_plan() {
        String symbols =
                IntStream.range(0, 20_000).mapToObj(i -> "'s" + i + "'").collect(Collectors.joining(","));
        String records = IntStream.range(0, 5_000)
                .mapToObj(i -> "{'type':'record','name':'R" + i + "','fields':[{'name':'b','type':"
                        + (i == 0 ? "{'type':'enum','name':'E','symbols':[" + symbols + "]}" : "'E'") + "}]}")
                .collect(Collectors.joining(","));
        RowLayout layout = new RowLayout(List.of(), List.of("a.b"), List.of());
        ConfluentDecoder decoder = new ConfluentDecoder(
                layout, RecordFields.NONE, id -> List.of(event("{'name':'a','type':[" + records + "]}")));
        assertThat(DecodedRow.of(decoder, layout, new byte[] {0, 0, 0, 0, 1, 4, 6}))
                .isEqualTo("a.b=s3");
    }

    @Test
    void a_chain_of_schemas_that_overflows_the_stack_makes_its_records_malformed() {
        String chain = IntStream.range(0, 50_000)
                .mapToObj(i -> "{'name':'x" + i + "','type':['null',{'type':'record','name':'R" + i
                        + "','fields':[{'name':'next','type':'R" + (i + 1) + "'}]}]}")
                .collect(Collectors.joining(","));
        String last = ",{'name':'end','type':['null',{'type':'record','name':'R50000','fields':[]}]}";
        assertThat(decode(event(chain + last), new byte[50_001]))
                .startsWith("malformed schema 1: ")
                .endsWith(" (expected: an Avro schema)");
    }

    @Test
    void arrays_and_maps_count_as_levels_of_nesting() {
        String array = "'Event'";
        for (int i = 0; i < 400; i++) {
            array = "{'type':'array','items':" + array + "}";
        }
        byte[] ones = new byte[1_000_000];
        java.util.Arrays.fill(ones, (byte) 2);
        assertThat(decode(event("{'name':'deep','type':" + array + "}"), ones))
                .isEqualTo("malformed value: nested deeper (expected: up to 128 levels)");
    }

    /** A block of entries without bytes may claim as many as there are bytes left, and there may be many blocks. */
    @Test
    void entries_without_bytes_cost_no_steps_and_no_memory() {
        Row row = new Row(LAYOUT);
        byte[] blocks = new byte[3_000_000];
        for (int i = 0; i + 3 < blocks.length; i += 3) {
            // 20,000 entries.
            blocks[i] = (byte) 0xC0;
            blocks[i + 1] = (byte) 0xB8;
            blocks[i + 2] = 2;
        }
        assertThat(decode(event("{'name':'v','type':{'type':'array','items':'null'}}"), blocks))
                .startsWith("malformed value: ");
        assertThat(decode(event("{'name':'v','type':{'type':'array','items':'null'}}"), 2, 0))
                .isEqualTo("! v: of type array (expected: an array of numbers)");
        assertThat(row.vector(0)).isEmpty();
    }

    /** Avro's own reader would take as many steps as the block claims, and the sample has a field that it skips. */
    @Test
    void entries_without_bytes_in_a_later_version_of_a_sample_cost_no_steps() {
        String later = Sample.getClassSchema()
                .toString()
                .replace(
                        "{\"name\":\"epoch\"",
                        json("{'name':'x','type':{'type':'array','items':'null'}},{'name':'epoch'"));
        byte[] many = new byte[200];
        // Behind the id, the model, the time, and three empty maps: blocks of 2^30 entries.
        for (int i = 6; i + 6 < many.length; i += 5) {
            many[i] = (byte) 0x80;
            many[i + 1] = (byte) 0x80;
            many[i + 2] = (byte) 0x80;
            many[i + 3] = (byte) 0x80;
            many[i + 4] = 8;
        }
        assertThat(decode(later, many)).startsWith("malformed value: ");
        assertThat(decode(later, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0)).isEmpty();
    }

    private static String decode(String schema, int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        return decode(schema, bytes);
    }

    private static String decode(String schema, byte[] body) {
        ConfluentDecoder decoder = new ConfluentDecoder(LAYOUT, RecordFields.NONE, id -> List.of(schema));
        byte[] value = ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(1)
                .put(body)
                .array();
        return DecodedRow.of(decoder, LAYOUT, value);
    }

    private static String event(String fields) {
        return json("{'type':'record','name':'Event','fields':[" + fields + "]}");
    }

    private static String json(String text) {
        return new String(text.replace('\'', '"').getBytes(UTF_8), UTF_8);
    }
}
