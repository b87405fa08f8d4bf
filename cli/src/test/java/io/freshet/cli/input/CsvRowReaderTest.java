package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.BadSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRowReaderTest {
    private static final RowLayout TRIPS = new RowLayout(List.of("miles"), List.of("origin"));

    @TempDir
    Path directory;

    @Test
    void reads_the_columns_that_are_asked_for_in_any_order() throws Exception {
        assertThat(rows("x,origin,miles\n,JFK,12.5\nskipped,LAX,-3\n"))
                .containsExactly("miles=12.5 origin=JFK", "miles=-3.0 origin=LAX");
    }

    @Test
    void one_column_may_be_a_number_and_a_text() throws Exception {
        assertThat(ReadFile.rows(csv("hour\n07\n"), Format.CSV, new RowLayout(List.of("hour"), List.of("hour"))))
                .containsExactly("hour=7.0 hour=07");
    }

    @Test
    void takes_any_line_end_quotes_umlauts_and_no_end_of_the_last_line() throws Exception {
        assertThat(rows("miles,origin\r\n1,\"New\nYork, \"\"NY\"\"\"\r\n\r\n2,Köln €🌊\r\n3,"))
                .containsExactly(
                        "miles=1.0 origin=New\nYork, \"NY\"", "miles=2.0 origin=Köln €🌊", "miles=3.0 origin=");
    }

    @Test
    void names_may_hold_dots_spaces_capitals_and_quotes() throws Exception {
        RowLayout layout = new RowLayout(List.of("a.b", "Departure Delay"), List.of("the \"origin\""));
        assertThat(ReadFile.rows(csv("a.b,Departure Delay,\"the \"\"origin\"\"\"\n1,2,x\n"), Format.CSV, layout))
                .containsExactly("a.b=1.0 Departure Delay=2.0 the \"origin\"=x");
    }

    @Test
    void a_bad_row_names_field_value_and_what_was_expected_and_reading_goes_on() throws Exception {
        assertThat(rows("miles,origin\nabc,A\n,B\nNaN,C\n-Infinity,D\n1e999,E\n5\n6,F,7\n8,G\n"))
                .containsExactly(
                        "miles: abc (expected: a number)",
                        "miles: empty (expected: a number)",
                        "miles: NaN (expected: a number)",
                        "miles: -Infinity (expected: a number)",
                        "miles: 1e999 (expected: a number)",
                        "fields: 1 (expected: 2, as in the header)",
                        "fields: 3 (expected: 2, as in the header)",
                        "miles=8.0 origin=G");
    }

    @Test
    void bytes_that_are_no_utf_8_make_a_bad_row() throws Exception {
        byte[] content = "miles,origin\n1,K?ln\n2,ok\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        content["miles,origin\n1,K".length()] = (byte) 0xf6;
        assertThat(ReadFile.rows(ReadFile.write(directory, "latin.csv", content), Format.CSV, TRIPS))
                .containsExactly("origin: K\ufffdln (expected: UTF-8)", "miles=2.0 origin=ok");
    }

    @Test
    void a_missing_column_is_named_with_the_columns_there_are_and_the_nearest() {
        Path file = csv("distance_miles,origin\n1,A\n");
        refused(
                file,
                new RowLayout(List.of("distance_mile"), List.of()),
                "no column distance_mile (expected: distance_miles?; there are: distance_miles, origin)");
        refused(
                file,
                new RowLayout(List.of(), List.of("zzzzzz")),
                "no column zzzzzz (expected: a column of that name; there are: distance_miles, origin)");
        String wide = IntStream.range(0, 784).mapToObj(i -> "pixel" + i).collect(Collectors.joining(","));
        assertThatThrownBy(() -> RowReader.open(csv(wide + "\n"), Format.CSV, new RowLayout(List.of("x"), List.of())))
                .hasMessageEndingWith(", pixel29, ... (784 in all))");
    }

    @Test
    void a_name_that_stands_twice_in_the_header_is_refused() {
        refused(csv("a,b,a\n1,2,3\n"), TRIPS, "header: a twice (expected: each column once)");
    }

    @Test
    void a_file_without_rows_is_refused() {
        refused(csv("miles,origin\n\n"), TRIPS, "no rows (expected: rows under the header line)");
        refused(csv(""), TRIPS, "empty (expected: a header line and rows)");
    }

    @Test
    void a_quote_that_nothing_closes_ends_the_reading() throws Exception {
        Path file = csv("miles,origin\n1,A\n2,\"B\n3,C\n");
        try (RowReader reader = RowReader.open(file, Format.CSV, TRIPS)) {
            assertThat(reader.next(new Row(TRIPS))).isTrue();
            assertThatThrownBy(() -> reader.next(new Row(TRIPS)))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(file + ": not CSV after row 1: Unclosed quoted field")
                    .hasMessageContaining("line 3");
        }
    }

    @Test
    void a_row_of_more_than_a_mebibyte_is_bad_and_a_field_of_that_ends_the_reading() throws Exception {
        String half = "x".repeat(RowReader.MAXIMUM_LENGTH / 2);
        Path file = csv("miles,origin,a,b\n1,A," + half + "," + half + "\n2,B,,\n");
        assertThat(ReadFile.rows(file, Format.CSV, TRIPS))
                .containsExactly("row: too long (expected: up to 1048576 characters)", "miles=2.0 origin=B");

        Path field = csv("miles,origin\n1,A\n2," + half + half + half + "\n3,C\n");
        assertThatThrownBy(() -> ReadFile.rows(field, Format.CSV, TRIPS))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("not CSV after row 1: ");
    }

    @Test
    void counts_rows_and_gives_back_their_text() throws Exception {
        List<String> seen = new ArrayList<>();
        try (RowReader reader =
                RowReader.open(csv("miles,origin\n1,\"New \"\"York\"\"\"\n\nx,\"\"\n3,C,\n4,D\n"), Format.CSV, TRIPS)) {
            assertThat(reader.row()).isZero();
            Row row = new Row(TRIPS);
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(row);
                } catch (BadSampleException e) {
                    // Its text is what a dead letter shows.
                }
                if (more) {
                    seen.add(reader.row() + ": " + reader.raw());
                }
            }
        }
        assertThat(seen).containsExactly("1: 1,\"New \"\"York\"\"\"", "2: x,\"\"", "3: 3,C,", "4: 4,D");
    }

    private List<String> rows(String content) throws IOException {
        return ReadFile.rows(csv(content), Format.CSV, TRIPS);
    }

    private Path csv(String content) {
        return ReadFile.write(directory, "rows.csv", content);
    }

    private static void refused(Path file, RowLayout layout, String message) {
        assertThatThrownBy(() -> RowReader.open(file, Format.CSV, layout))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": " + message);
    }
}
