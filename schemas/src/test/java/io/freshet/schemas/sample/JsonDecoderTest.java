package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.RowLayout;
import java.util.List;
import java.util.Set;
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
                .isEqualTo("user.age~\"x\" user.country=CH ! clicked: an array"
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
    void reads_sparse_vectors_as_indices_and_values() {
        assertThat(
                        decodeSparse(
                                "{\"ad\": {\"clicks\": {\"indices\": [7, 0, 2147483647, 7], \"values\": [0.5, -2, 1e-3, true]}}}"))
                .isEqualTo("ad.clicks=[7, 0, 2147483647, 7][0.5, -2.0, 0.001, 1.0]");
        assertThat(
                        decodeSparse(
                                "{\"ad\": {\"clicks\": {\"values\": [3], \"of\": {\"x\": []}, \"indices\": [1]}}, \"words\": \"a\"}"))
                .isEqualTo("words=a ad.clicks=[1][3.0]");
        assertThat(decodeSparse("{\"ad\": {\"clicks\": {\"indices\": [4, 5]}}}"))
                .isEqualTo("ad.clicks=[4, 5][1.0, 1.0]");
        assertThat(decodeSparse("{\"ad\": {\"clicks\": {\"indices\": [4], \"values\": null}}}"))
                .isEqualTo("ad.clicks=[4][1.0]");
        assertThat(decodeSparse("{\"ad\": {\"clicks\": {\"indices\": []}}}")).isEqualTo("ad.clicks=[][]");
        assertThat(
                        decodeSparse(
                                "{\"ad\": {\"clicks\": {\"indices\": [1, 2], \"indices\": [3], \"values\": [9, 9], \"values\": [5]}}}"))
                .isEqualTo("ad.clicks=[3][5.0]");
        assertThat(decodeSparse("{\"ad\": {\"clicks\": \"3:0.5\"}}")).isEqualTo("ad.clicks=3:0.5");
    }

    /** Otherwise, a wrong vector would be learned. */
    @Test
    void an_invalid_sparse_vector_is_missing_with_its_first_fault() {
        assertThat(decodeClicks("{\"indices\": [1, -1, -2]}"))
                .isEqualTo("! ad.clicks[1]: index -1 (expected: a whole number from 0 to 2147483647)");
        assertThat(decodeClicks("{\"indices\": [2147483648]}"))
                .startsWith("! ad.clicks[0]: index 2147483648 (expected:");
        assertThat(decodeClicks("{\"indices\": [1.0]}"))
                .startsWith("! ad.clicks[0]: index 1.0 (expected: a whole number");
        assertThat(decodeClicks("{\"indices\": [{\"a\": [1]}]}"))
                .startsWith("! ad.clicks[0]: index an object (expected");
        assertThat(decodeClicks("{\"indices\": [1, 2], \"values\": [1]}"))
                .isEqualTo("! ad.clicks: 1 value (expected: one for each of 2 indices, or none)");
        assertThat(decodeClicks("{\"indices\": [1, 2], \"values\": [1, \"x\"]}"))
                .isEqualTo("! ad.clicks[1]: \"x\" (expected: a number)");
        assertThat(decodeClicks("{\"indices\": [1], \"values\": [1e39]}"))
                .isEqualTo("! ad.clicks[0]: 1e39 (expected: a number of magnitude up to 3.4e38)");
        assertThat(decodeClicks("{\"indices\": [1], \"values\": 1}"))
                .isEqualTo("! ad.clicks: values 1 (expected: an array of numbers)");
        assertThat(decodeClicks("{\"1\": 0.5}"))
                .isEqualTo("! ad.clicks: an object (expected: a text of pairs index:value, or an object"
                        + " {\"indices\": [...], \"values\": [...]})");
        assertThat(decodeClicks("{\"indices\": [" + "0,".repeat(1 << 20) + "0]}"))
                .isEqualTo("malformed ad.clicks: 1048577 numbers or more (expected: up to 1048576)");
        assertThat(decodeClicks("{\"indices\": [], \"values\": [" + "0,".repeat(1 << 20) + "0]}"))
                .isEqualTo("malformed ad.clicks: 1048577 numbers or more (expected: up to 1048576)");
    }

    @Test
    void texts_keep_their_characters() {
        assertThat(decode("{\"words\": \"Z\\u00fcrich \\ud83d\\ude00 日本 😀\\n\"}"))
                .isEqualTo("words=Zürich 😀 日本 😀\n");
        assertThat(decode("{\"words\": [\"日本\", 1.50, true, \"\\u00e9\"]}")).isEqualTo("words=日本 1.50 true é");
        assertThat(decode("{\"words\": " + "1".repeat(300) + "}")).isEqualTo("words=" + "1".repeat(300));
        assertThat(decode("{\"words\": false, \"user\": {\"country\": 1e5}}"))
                .isEqualTo("user.country=1e5 words=false");
        assertThat(decode("{\"words\": \"" + "é".repeat(100_000) + "\"}")).isEqualTo("words=" + "é".repeat(100_000));
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

    private static String decodeClicks(String json) {
        return decodeSparse("{\"ad\": {\"clicks\": " + json + "}}");
    }

    private static String decodeSparse(String json) {
        RowLayout layout = new RowLayout(List.of(), List.of("words", "ad.clicks"), List.of(), Set.of("ad.clicks"));
        return DecodedRow.of(new JsonDecoder(layout, RecordFields.NONE), layout, json.getBytes(UTF_8));
    }

    private String decode(String json) {
        return DecodedRow.of(decoder, LAYOUT, json.getBytes(UTF_8));
    }
}
