package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Would catch a format in which the name of a class is not read as a label. */
class TextLabelTest {
    private static final ModelSpec SPEC = ModelSpec.parse("{name: m, label: user.kind, labels: [ham, spam, '7'],"
            + " features: {numeric: [x]}, loss: sparse-categorical-cross-entropy}");
    private static final RowLayout LAYOUT = RowLayout.of(List.of(SPEC));
    private static final String EVENT = """
            {"type": "record", "name": "Event", "fields": [
              {"name": "x", "type": "double"},
              {"name": "user", "type": {"type": "record", "name": "User", "fields": [
                {"name": "kind", "type": ["null", "string", "int", {"type": "enum", "name": "Kind", "symbols": ["ham", "spam"]}]}]}}]}
            """;

    @Test
    void json_has_a_string_or_a_number() throws Exception {
        JsonDecoder decoder = new JsonDecoder(LAYOUT, RecordFields.NONE);
        assertThat(label(decoder, "{\"x\": 1, \"user\": {\"kind\": \"spam\"}}".getBytes(UTF_8)))
                .isEqualTo(1);
        assertThat(label(decoder, "{\"x\": 1, \"user\": {\"kind\": 7}}".getBytes(UTF_8)))
                .isEqualTo(2);
        assertThatThrownBy(() -> label(decoder, "{\"x\": 1, \"user\": {\"kind\": \"Spam\"}}".getBytes(UTF_8)))
                .isInstanceOf(InvalidSampleException.class)
                .hasMessage("user.kind: Spam (expected: one of ham, spam, 7; did you mean spam?)");
        assertThatThrownBy(() -> label(decoder, "{\"x\": 1, \"user\": {\"kind\": null}}".getBytes(UTF_8)))
                .hasMessage("user.kind: missing (expected: one of ham, spam, 7)");
    }

    @Test
    void a_sample_has_a_text() throws Exception {
        Row row = new Row(LAYOUT);
        row.clear();
        row.number(0, 1);
        row.copyText(0, "spam");
        assertThat(label(new SampleDecoder(LAYOUT), new RowEncoder(LAYOUT).encode(row, "")))
                .isEqualTo(1);
    }

    @Test
    void an_avro_record_has_a_string_a_number_or_a_symbol() throws Exception {
        Schema schema = new Schema.Parser().parse(EVENT);
        Schema kind = schema.getField("user")
                .schema()
                .getField("kind")
                .schema()
                .getTypes()
                .get(3);
        ConfluentDecoder decoder = new ConfluentDecoder(LAYOUT, RecordFields.NONE, id -> List.of(EVENT));
        assertThat(label(decoder, confluent(schema, "spam"))).isEqualTo(1);
        assertThat(label(decoder, confluent(schema, 7))).isEqualTo(2);
        assertThat(label(decoder, confluent(schema, new GenericData.EnumSymbol(kind, "ham"))))
                .isEqualTo(0);
    }

    private static float label(RecordDecoder decoder, byte[] record) throws Exception {
        Row row = new Row(LAYOUT);
        decoder.decode(record, 0, row);
        return new FeatureEncoder(SPEC, LAYOUT).encode(row, 0, 0).label()[0];
    }

    private static byte[] confluent(Schema schema, Object label) throws Exception {
        GenericData.Record user = new GenericData.Record(schema.getField("user").schema());
        user.put("kind", label);
        GenericData.Record event = new GenericData.Record(schema);
        event.put("x", 1.0);
        event.put("user", user);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 0, 0, 1});
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericData.Record>(schema).write(event, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
