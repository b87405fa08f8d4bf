package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.encode.SparsePairs;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonRowTest {
    private static final RowLayout LAYOUT =
            new RowLayout(List.of("miles", "trip.stops"), List.of("origin", "trip.plane.model"));

    @TempDir
    Path directory;

    @Test
    void reads_fields_by_name_and_nested_fields_by_path() throws Exception {
        assertThat(rows("{\"miles\": 12.5, \"other\": {\"miles\": [1]}, \"origin\": \"Köln \\u20ac\","
                        + " \"trip\": {\"stops\": 2, \"x\": null, \"plane\": {\"model\": \"A320\"}}}"))
                .containsExactly("miles=12.5 trip.stops=2.0 origin=Köln € trip.plane.model=A320");
    }

    @Test
    void a_top_level_name_takes_precedence_over_a_path_in_any_order() throws Exception {
        assertThat(rows(
                        "{\"trip.stops\": 1, \"trip\": {\"stops\": 2}}",
                        "{\"trip\": {\"stops\": 2}, \"trip.stops\": 1}",
                        "{\"trip\": {\"stops\": 2}}"))
                .containsExactly("trip.stops=1.0", "trip.stops=1.0", "trip.stops=2.0");
    }

    @Test
    void converts_booleans_to_numbers_and_numbers_to_texts() throws Exception {
        assertThat(rows("{\"miles\": true, \"trip.stops\": false, \"origin\": 1.50}", "{\"origin\": true}"))
                .containsExactly("miles=1.0 trip.stops=0.0 origin=1.50", "origin=true");
    }

    @Test
    void reads_one_field_as_number_and_as_text() throws Exception {
        Path file = ReadFile.write(directory, "a.jsonl", "{\"hour\": 7}\n");
        assertThat(ReadFile.rows(file, Format.JSON_LINES, new RowLayout(List.of("hour"), List.of("hour"))))
                .containsExactly("hour=7.0 hour=7");
    }

    @Test
    void reads_an_array_at_the_name_without_asterisk_or_at_the_path() throws Exception {
        assertThat(vectors(
                        List.of("pixel*", "image.mask"),
                        "{\"pixel\": [1, 2.5, true], \"image\": {\"mask\": []}}",
                        "{\"image.mask\": [1], \"image\": {\"mask\": [2]}, \"pixel\": null}",
                        "{\"pixel\": [1], \"pixel\": [2, 3]}",
                        "{}"))
                .containsExactly("pixel*=[1.0, 2.5, 1.0] image.mask=[]", "image.mask=[1.0]", "pixel*=[2.0, 3.0]", "");
    }

    @Test
    void reads_an_object_of_indices_and_values_as_a_sparse_vector() throws Exception {
        Path file = ReadFile.write(
                directory,
                "a.jsonl",
                "{\"origin\": {\"indices\": [7, 3], \"values\": [0.5, -2]}}\n{\"origin\": {\"indices\": [-1]}}\n{}\n");
        Row row = new Row(LAYOUT);
        try (RowReader reader = RowReader.open(file, Format.JSON_LINES, LAYOUT)) {
            assertThat(reader.next(row)).isTrue();
            assertThat(SparsePairs.text(row, 0)).isEqualTo("7:0.5 3:-2.0");
            assertThatThrownBy(() -> reader.next(row))
                    .hasMessage("origin[0]: index -1 (expected: a whole number from 0 to 2147483647)");
            assertThat(reader.next(row)).isTrue();
            assertThat(row.hasSparse(0)).isFalse();
        }
    }

    @Test
    void a_prefix_reads_its_keys_in_any_order_if_there_is_no_array() throws Exception {
        assertThat(vectors(
                        List.of("pixel*"),
                        "{\"pixel10\": 10, \"pixel0\": 0, \"pixel1\": 1, \"pixels\": [], \"pixelx\": 5}",
                        "{\"pixel1\": 1, \"pixel0\": 0, \"pixel2\": null}",
                        "{\"pixel0\": null}",
                        "{\"pixel0\": 7, \"pixel\": [1, 2]}",
                        "{\"pixel1\": 1}",
                        "{\"pixel0\": \"1\"}",
                        "{\"pixel0\": 1e39}"))
                .containsExactly(
                        "pixel2: missing (expected: a number, since there is one in pixel10)",
                        "pixel*=[0.0, 1.0]",
                        "pixel*=[]",
                        "pixel*=[1.0, 2.0]",
                        "pixel0: missing (expected: a number, since there is one in pixel1)",
                        "pixel0: \"1\" (expected: a number)",
                        "pixel0: 1e39 (expected: a number of magnitude up to 3.4e38)");
    }

    @Test
    void keys_may_start_at_1_and_be_nested() throws Exception {
        assertThat(vectors(
                        List.of("image.p*"),
                        "{\"image\": {\"p2\": 2, \"p1\": 1}, \"p1\": 9}",
                        "{\"image.p1\": 3}",
                        "{\"image\": {\"p0\": 0, \"p1\": 1}}",
                        "{\"image\": {\"p1048576\": 0}}"))
                .containsExactly(
                        "image.p*=[1.0, 2.0]",
                        "image.p*=[3.0]",
                        "image.p0: a key (expected: numbers from image.p1 on, as in earlier rows)",
                        "image.p1048576: a key (expected: up to image.p1048575)");
    }

    @Test
    void names_the_index_of_an_invalid_array_element() throws Exception {
        assertThat(vectors(
                        List.of("x"),
                        "{\"x\": [1, null]}",
                        "{\"x\": [\"1\"]}",
                        "{\"x\": [1, [2]]}",
                        "{\"x\": [1, 2, 1e39]}",
                        "{\"x\": 1}",
                        "{\"x\": \"1 2\"}",
                        "{\"x\": [1, 2}"))
                .satisfiesExactly(
                        row -> assertThat(row).isEqualTo("x[1]: null (expected: a number)"),
                        row -> assertThat(row).isEqualTo("x[0]: \"1\" (expected: a number)"),
                        row -> assertThat(row).isEqualTo("x[1]: an array (expected: a number)"),
                        row -> assertThat(row).isEqualTo("x[2]: 1e39 (expected: a number of magnitude up to 3.4e38)"),
                        row -> assertThat(row).isEqualTo("x: 1 (expected: an array of numbers)"),
                        row -> assertThat(row).isEqualTo("x: \"1 2\" (expected: an array of numbers)"),
                        row -> assertThat(row).startsWith("row, column "));
    }

    /** Each element is one step of a sequence, so it must not contain a space. */
    @Test
    void reads_an_array_as_words_of_a_text() throws Exception {
        assertThat(rows(
                        "{\"origin\": [\"the\", \"Köln\", 7, true]}",
                        "{\"origin\": []}",
                        "{\"origin\": [\"a\", \"New York\"]}",
                        "{\"origin\": [\"\"]}",
                        "{\"origin\": [null]}",
                        "{\"origin\": [{}]}"))
                .containsExactly(
                        "origin=the Köln 7 true",
                        "origin=",
                        "origin[1]: \"New York\" (expected: a word without spaces)",
                        "origin[0]: \"\" (expected: a word without spaces)",
                        "origin[0]: null (expected: a word without spaces)",
                        "origin[0]: an object (expected: a word without spaces)");
    }

    private List<String> vectors(List<String> names, String... lines) throws Exception {
        Path file = ReadFile.write(directory, "vectors.jsonl", String.join("\n", lines) + "\n");
        return ReadFile.rows(file, Format.JSON_LINES, new RowLayout(List.of(), List.of(), names));
    }

    @Test
    void treats_null_and_absent_fields_as_missing() throws Exception {
        assertThat(rows("{\"miles\": null, \"origin\": null}", "{}", "{\"trip\": 5}"))
                .containsExactly("", "", "");
    }

    @Test
    void reports_invalid_rows_and_continues() throws Exception {
        assertThat(rows(
                        "{\"miles\": \"12\"}",
                        "{\"miles\": [1, 2]}",
                        "{\"miles\": 1e999}",
                        "{\"origin\": {\"code\": 1}}",
                        "[1]",
                        "{\"miles\": 1} {\"miles\": 2}",
                        "{\"miles\": NaN}",
                        "{\"miles\": 1",
                        "",
                        "  {\"miles\": 3}  "))
                .satisfiesExactly(
                        row -> assertThat(row).isEqualTo("miles~\"12\""),
                        row -> assertThat(row).isEqualTo("miles: an array (expected: a number)"),
                        row -> assertThat(row).isEqualTo("miles: 1e999 (expected: a number of magnitude up to 3.4e38)"),
                        row -> assertThat(row).isEqualTo("origin: an object (expected: a text)"),
                        row -> assertThat(row).isEqualTo("row: [1] (expected: a JSON object)"),
                        row -> assertThat(row).isEqualTo("row: more after the object (expected: one JSON object)"),
                        row -> assertThat(row).startsWith("row, column 1").contains("NaN"),
                        row -> assertThat(row).startsWith("row, column ").endsWith("(expected: a JSON object)"),
                        row -> assertThat(row).isEqualTo("miles=3.0"));
    }

    @Test
    void limits_depth_and_length_and_rejects_invalid_utf_8() throws Exception {
        String deep = "{\"x\":".repeat(100) + "1" + "}".repeat(100);
        String large = "{\"origin\": \"" + "x".repeat(RowReader.MAXIMUM_LENGTH) + "\"}";
        assertThat(rows(deep, large, "{\"miles\": 1}"))
                .satisfiesExactly(
                        row -> assertThat(row).contains("nesting depth"),
                        row -> assertThat(row).isEqualTo("row: too long (expected: up to 1048576 bytes)"),
                        row -> assertThat(row).isEqualTo("miles=1.0"));
        byte[] latin = "{\"origin\": \"K?ln\"}\n{\"miles\": 1}\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        latin["{\"origin\": \"K".length()] = (byte) 0xf6;
        assertThat(ReadFile.rows(ReadFile.write(directory, "l.jsonl", latin), Format.JSON_LINES, LAYOUT))
                .satisfiesExactly(
                        row -> assertThat(row).contains("UTF-8"),
                        row -> assertThat(row).isEqualTo("miles=1.0"));
    }

    @Test
    void returns_row_numbers_and_raw_text() throws Exception {
        Path file = ReadFile.write(directory, "a.jsonl", "{\"miles\": 1}\r\n\n{\"miles\": 2}");
        try (RowReader reader = RowReader.open(file, Format.JSON_LINES, LAYOUT)) {
            Row row = new Row(LAYOUT);
            reader.next(row);
            reader.next(row);
            assertThat(reader.row()).isEqualTo(2);
            assertThat(reader.raw()).isEqualTo("{\"miles\": 2}");
            assertThat(reader.next(row)).isFalse();
        }
    }

    private List<String> rows(String... lines) throws Exception {
        Path file = ReadFile.write(directory, "rows.jsonl", String.join("\n", lines) + "\n");
        return ReadFile.rows(file, Format.JSON_LINES, LAYOUT);
    }
}
