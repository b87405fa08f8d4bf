package io.freshet.schemas.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.sample.DecodedRow;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch an invalid field that fails a record for every model, and hostile input that fills the memory. */
class JsonDecoderTest {
    private static final RowLayout LAYOUT = new RowLayout(
            List.of("clicked", "user.age"), List.of("user.country", "words"), List.of("pixel*", "image.mask"));

    private final JsonDecoder decoder = new JsonDecoder(LAYOUT, RecordFields.of("$.event.id", "event.at", "model"));

    @Test
    void finds_fields_by_name_and_path_anywhere() {
        assertThat(decode("""
                {"user": {"country": "CH", "other": [{"age": 1}], "age": 41.5}, "words": ["a", "b"], "clicked": true,
                 "image": {"mask": [0, 1]}, "pixel": [1, 2, 3], "event": {"id": 17, "at": 1700000000000}, "model": "m"}
                """))
                .isEqualTo("clicked=1.0 user.age=41.5 user.country=CH words=a b pixel*=[1.0, 2.0, 3.0]"
                        + " image.mask=[0.0, 1.0] id=17 time=1700000000000 model=m");
        assertThat(decode("{\"event\": {\"at\": \"2030-01-31T12:00:00.5+01:00\"}}"))
                .isEqualTo("time=1896087600500");
        assertThat(decode("{}")).isEmpty();
    }

    @Test
    void a_field_of_the_wrong_type_is_missing_and_the_others_are_read() {
        assertThat(
                        decode(
                                "{\"user\": {\"age\": \"x\", \"country\": \"CH\"}, \"clicked\": [1, {\"a\": 2}], \"words\": {}}"))
                .isEqualTo("user.country=CH ! user.age: \"x\" (expected: a number) ! clicked: an array"
                        + " (expected: a number) ! words: an object (expected: a text)");
        assertThat(decode("{\"words\": [\"a\", \"b c\", []], \"clicked\": 1}"))
                .isEqualTo("clicked=1.0 ! words[1]: \"b c\" (expected: a word without spaces)");
        assertThat(decode("{\"user\": 5, \"clicked\": 1e400, \"pixel\": 7}"))
                .isEqualTo(
                        "! clicked: 1e400 (expected: a number of magnitude up to 3.4e38) ! pixel: 7 (expected: an array of numbers)");
    }

    /** Otherwise, a truncated sequence would be learned. */
    @Test
    void a_vector_with_an_invalid_element_is_invalid_for_every_model() {
        assertThat(decode("{\"pixel\": [1, \"x\", 2]}"))
                .isEqualTo("pixel*=[1.0, Infinity, 2.0] ! pixel[1]: \"x\" (expected: a number)");
        assertThat(decode("{\"pixel0\": 1, \"pixel1\": \"x\"}"))
                .isEqualTo("pixel*=[1.0, Infinity] ! pixel1: \"x\" (expected: a number)");
    }

    @Test
    void column_numbering_does_not_depend_on_earlier_records() {
        assertThat(decode("{\"pixel1\": 1, \"pixel2\": 2}")).isEqualTo("pixel*=[1.0, 2.0]");
        assertThat(decode("{\"pixel0\": 0, \"pixel1\": 1}")).isEqualTo("pixel*=[0.0, 1.0]");
        assertThat(decode("{\"pixel1\": 1, \"pixel2\": 2}")).isEqualTo("pixel*=[1.0, 2.0]");
    }

    @Test
    void anything_but_an_object_is_malformed() {
        assertThat(decode("")).isEqualTo("malformed value: empty (expected: a JSON object)");
        assertThat(decode("[1]")).isEqualTo("malformed value: [1] (expected: a JSON object)");
        assertThat(decode("{\"clicked\": 1} {}"))
                .isEqualTo("malformed value: more after the object (expected: one JSON object)");
        assertThat(decode("{\"x\":".repeat(100) + "1" + "}".repeat(100))).contains("nesting depth");
        assertThat(decode("{\"event\": {\"at\": \"soon\"}}"))
                .isEqualTo("malformed event.at: soon (expected: milliseconds since 1970, or a time as"
                        + " 2030-01-31T12:00:00Z)");
        assertThat(decode("{\"event\": {\"at\": 99999999999999999999}}")).startsWith("malformed event.at: 9999");
        assertThat(decode("{\"event\": {\"id\": []}}")).isEqualTo("malformed event.id: an array (expected: a text)");
        assertThat(decode("{\"pixel\": [" + "0,".repeat(1 << 20) + "0]}"))
                .isEqualTo("malformed pixel: 1048577 numbers or more (expected: up to 1048576)");
    }

    /** Would catch a message about the parser's settings instead of the record. */
    @Test
    void syntax_errors_report_column_and_field_and_no_parser_settings() {
        assertThat(decode("{\"user\": {\"age\": NaN}}"))
                .isEqualTo(
                        "malformed value, column 21, near user.age: Non-standard token 'NaN' (expected: a JSON object)");
        assertThat(decode("{\"pixel\": [1, -Infinity]}"))
                .isEqualTo("malformed value, column 24, near pixel.1: Non-standard token '-Infinity'"
                        + " (expected: a JSON object)");
        assertThat(decode("{\"clicked\": 1"))
                .isEqualTo("malformed value, column 14, near clicked: Unexpected end-of-input:"
                        + " expected close marker for Object (expected: a JSON object)");
        assertThat(decode("{clicked: 1}")).startsWith("malformed value, column 2: Unexpected character ('c'");
    }

    @Test
    void keeps_a_limited_number_of_faults() {
        assertThat(decode("{" + "\"clicked\": [],".repeat(100_000) + "\"words\": \"a\"}"))
                .startsWith("words=a ! clicked")
                .hasSizeLessThan(10_000);
    }

    @Test
    void random_bytes_are_read_or_malformed_and_do_not_affect_the_next_record() {
        long seed = 20260301;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] valid = "{\"user\": {\"age\": 41, \"country\": \"Zürich\"}, \"pixel\": [1, 2.5e3], \"clicked\": false}"
                .getBytes(UTF_8);
        String expected = DecodedRow.of(decoder, LAYOUT, valid);
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = valid.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(DecodedRow.of(decoder, LAYOUT, bytes))
                    .as("seed %d, trial %d", seed, trial)
                    .doesNotContain("Feature", "Source", "Constraints");
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, valid)).isEqualTo(expected);
    }

    private String decode(String json) {
        return DecodedRow.of(decoder, LAYOUT, json.getBytes(UTF_8));
    }
}
