package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.RowLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Catches a file that is read as one column, because its fields are not separated by commas. */
class DelimiterTest {
    private static final RowLayout TRIPS = new RowLayout(List.of("miles"), List.of("origin"));

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "miles,origin\\n1,A ! comma",
                "miles;origin\\n1;A ! semicolon",
                "miles\\torigin\\n1\\tA ! tab",
                "miles|origin\\n1|A ! pipe",
                "miles\\n1 ! comma",
                // Decimal commas, and commas in texts, outnumber the semicolons.
                "miles;origin\\n1,5;\"A, B, C\"\\n2,5;D, E ! semicolon",
                "miles,origin\\n1,a;b;c;d\\n2,e;f;g;h ! comma",
                // Both split the header, but the rows match only one.
                "miles;from, to;origin\\n1;A;B\\n2;C;D ! semicolon",
                "\"a;b\",origin\\n1,A ! comma",
                // The last row is incomplete.
                "miles;origin\\n1;A\\n2;\"B ! semicolon",
                "miles;origin ! semicolon"
            })
    void detects_the_delimiter_that_splits_the_rows_like_the_header(String rows, String delimiter) {
        byte[] start = rows.replace("\\n", "\n").replace("\\t", "\t").getBytes(UTF_8);
        assertThat(Delimiter.detect(start)).hasToString(delimiter);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|", "^"})
    void reads_rows_and_their_text_with_the_given_delimiter(String delimiter) throws Exception {
        String rows = "origin,miles\n\"a,b\",1\n".replace(",", delimiter);
        Path file = ReadFile.write(directory, "rows.csv", rows);
        RowFiles files = RowFiles.of(List.of(file), null, delimiter, "--");
        try (RowReader reader = files.open(TRIPS)) {
            assertThat(ReadFile.next(reader, TRIPS)).isEqualTo("miles=1.0 origin=a" + delimiter + "b");
            assertThat(reader.raw()).isEqualTo("\"a" + delimiter + "b\"" + delimiter + "1");
            assertThat(reader.notice()).isNull();
        }
    }

    @Test
    void reports_a_detected_delimiter_other_than_a_comma() throws Exception {
        Path semicolons = ReadFile.write(directory, "eu.csv.gz", ReadFile.gzip("miles;origin\n1.5;A\n"));
        try (RowReader reader = RowReader.open(semicolons, Format.CSV, TRIPS)) {
            assertThat(ReadFile.next(reader, TRIPS)).isEqualTo("miles=1.5 origin=A");
            assertThat(reader.notice()).isEqualTo(semicolons + ": delimiter semicolon (detected)");
        }
        Path commas = ReadFile.write(directory, "us.csv", "miles,origin\n1.5,A\n");
        try (RowReader reader = RowReader.open(commas, Format.CSV, TRIPS)) {
            assertThat(reader.notice()).isNull();
        }
    }

    @Test
    void accepts_names_and_single_characters() throws Exception {
        assertThat(Delimiter.parse("--delimiter", "tab")).isEqualTo(Delimiter.parse("--delimiter", "\\t"));
        assertThat(Delimiter.parse("--delimiter", "pipe").character()).isEqualTo('|');
        for (String invalid : List.of("", "::", "\"", "\n", "colon")) {
            assertThatThrownBy(() -> Delimiter.parse("--delimiter", invalid))
                    .isInstanceOf(InputException.class)
                    .hasMessage("--delimiter: " + invalid
                            + " (expected: one character, or comma, semicolon, tab, or pipe)");
        }
        assertThatThrownBy(() -> RowFiles.of(List.of(Path.of("a.jsonl")), null, ";", "--"))
                .hasMessage("--delimiter: ; (expected: none for jsonl)");
    }
}
