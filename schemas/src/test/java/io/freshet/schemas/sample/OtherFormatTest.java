package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a topic in another format whose dead letters only show bytes. */
class OtherFormatTest {
    private static final RowLayout LAYOUT = new RowLayout(List.of("x"), List.of());
    private static final byte[] JSON = " {\"x\": 1, \"why\": \"long enough\"}".getBytes(UTF_8);
    private static final byte[] AVRO = new RowEncoder(LAYOUT).encode(new Row(LAYOUT), "");
    private static final byte[] CONFLUENT = {0, 0, 0, 0, 7, 2, 4, 6};

    private final RecordDecoder avro = new SampleDecoder(LAYOUT);
    private final RecordDecoder json = new JsonDecoder(LAYOUT, RecordFields.NONE);
    private final RecordDecoder confluent = new ConfluentDecoder(LAYOUT, RecordFields.NONE, id -> List.of());

    @Test
    void each_decoder_recognizes_the_other_formats() {
        rejects(avro, JSON, "; this looks like JSON: start the job with --format json)");
        rejects(avro, "[1, 2]".getBytes(UTF_8), "; this looks like JSON: start the job with --format json)");
        rejects(
                avro,
                CONFLUENT,
                "; this looks like Avro in the Confluent wire format: start the job with --format confluent)");
        rejects(
                json,
                CONFLUENT,
                "; this looks like Avro in the Confluent wire format: start the job with --format confluent)");
        rejects(json, AVRO, "; this looks like Avro in single-object encoding: start the job with --format avro)");
        rejects(confluent, JSON, "; this looks like JSON: start the job with --format json)");
        rejects(confluent, AVRO, "; this looks like Avro in single-object encoding: start the job with --format avro)");
    }

    @Test
    void other_bytes_give_no_hint() {
        byte[] text = "a,b,c,d,e,f,g,h".getBytes(UTF_8);
        rejects(avro, text, "(expected: Avro single-object encoding, C3 01 ...)");
        rejects(json, "{\"x\": 1".getBytes(UTF_8), "(expected: a JSON object)");
        rejects(json, "[1]".getBytes(UTF_8), "(expected: a JSON object)");
        rejects(confluent, text, "(expected: Avro in the Confluent wire format, 00 and a 4-byte schema id)");
    }

    private static void rejects(RecordDecoder decoder, byte[] value, String end) {
        assertThatThrownBy(() -> decoder.decode(value, 0, new Row(LAYOUT))).hasMessageEndingWith(end);
    }
}
