package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRowReaderTest {
    private static final RowLayout TRIPS = new RowLayout(List.of("miles"), List.of("origin"));

    @TempDir
    Path directory;

    @Test
    void reads_the_columns_of_the_layout_in_any_order() throws Exception {
        assertThat(rows("x,origin,miles\n,JFK,12.5\nskipped,LAX,-3\n"))
                .containsExactly("miles=12.5 origin=JFK", "miles=-3.0 origin=LAX");
    }

    /** Catches sorting by name, which would put pixel10 before pixel2. */
    @Test
    void a_prefix_reads_its_columns_in_numeric_order() throws Exception {
        assertThat(vectors("pixel10,pixel2,y,pixel1,pixels,pixel,pixel1b\n10,2,y,1e0,a,b,c\n-10,.5,y,0,,,\n", "pixel*"))
                .containsExactly("pixel*=[1.0, 2.0, 10.0]", "pixel*=[0.0, 0.5, -10.0]");
    }

    /** Otherwise, models that do not read the invalid field would lose the row. */
    @Test
    void invalid_fields_are_marked_and_the_others_are_read() throws Exception {
        RowLayout layout = new RowLayout(List.of("a", "b"), List.of("a", "s"), List.of("v", "x*"));
        Path file = directory.resolve("rows.csv");
        Files.write(
                file, "a,b,s,v,x0,x1\nbad,2,\u00ff,1 z,3,?\n1,2,ok,1 2,3,4\n".getBytes(StandardCharsets.ISO_8859_1));
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(file, Format.CSV, layout)) {
            assertThat(reader.read(row)).isTrue();
            assertThat(reader.faults())
                    .extracting(Throwable::getMessage)
                    .containsExactly(
                            "s: \ufffd (expected: UTF-8)",
                            "v[1]: z (expected: a number)",
                            "x1: ? (expected: a number)");
            assertThat(row.hasNumber(0)).isFalse();
            assertThat(row.isNumberMissing(0)).isFalse();
            assertThat(row.word(0)).isEqualTo("bad");
            assertThat(row.number(1)).isEqualTo(2);
            assertThat(row.text(0)).isEqualTo("bad");
            assertThat(row.hasText(1)).isFalse();
            assertThat(row.isTextMissing(1)).isFalse();
            assertThat(row.hasVector(0)).isFalse();
            assertThat(row.hasVector(1)).isFalse();

            assertThat(reader.read(row)).isTrue();
            assertThat(reader.faults()).isEmpty();
            assertThat(row.text(1)).isEqualTo("ok");
            assertThat(row.vectorLength(0)).isEqualTo(2);
        }
    }

    @Test
    void empty_columns_at_the_end_of_a_prefix_shorten_the_vector() throws Exception {
        assertThat(vectors("x0,x1,x2\n1,2,\n1,,\n,,\n1,,3\n1,2,3\n", "x*"))
                .containsExactly(
                        "x*=[1.0, 2.0]",
                        "x*=[1.0]",
                        "x*=[]",
                        "x1: empty (expected: a number, since there is one in x2)",
                        "x*=[1.0, 2.0, 3.0]");
    }

    @Test
    void a_vector_may_be_the_text_of_one_column() throws Exception {
        String content = "x,y\n1 2 3,\"[4, 5]\"\n,[]\n1 b,1\n";
        assertThat(vectors(content, "x", "y"))
                .containsExactly("x=[1.0, 2.0, 3.0] y=[4.0, 5.0]", "x=[] y=[]", "x[1]: b (expected: a number)");
        assertThat(vectors(content, "x*")).startsWith("x*=[1.0, 2.0, 3.0]");
    }

    @Test
    void names_the_column_of_an_invalid_number_of_a_vector() throws Exception {
        assertThat(vectors("x0,x1\n1,two\n1,1e39\nNaN,1\n", "x*"))
                .containsExactly(
                        "x1: two (expected: a number)",
                        "x1: 1e39 (expected: a number of magnitude up to 3.4e38)",
                        "x0: NaN (expected: a number)");
    }

    @Test
    void suggests_the_nearest_name_for_a_vector_without_columns() {
        assertRejected(
                csv("pixel0,pixel1\n1,2\n"),
                new RowLayout(List.of(), List.of(), List.of("pixl*")),
                "no columns pixl0, pixl1, ... or pixl (expected: pixel0?; columns: pixel0, pixel1)");
        assertRejected(
                csv("pixel0,pixel1\n1,2\n"),
                new RowLayout(List.of(), List.of(), List.of("pixel")),
                "no column pixel (expected: pixel0?; columns: pixel0, pixel1)");
        assertRejected(
                csv("x1,x01\n1,2\n"),
                new RowLayout(List.of(), List.of(), List.of("x*")),
                "header: x1 and x01 (expected: each number of x* once)");
    }

    private List<String> vectors(String content, String... vectors) throws IOException {
        return ReadFile.rows(csv(content), Format.CSV, new RowLayout(List.of(), List.of(), List.of(vectors)));
    }

    @Test
    void reads_one_column_as_number_and_as_text() throws Exception {
        assertThat(ReadFile.rows(csv("hour\n07\n"), Format.CSV, new RowLayout(List.of("hour"), List.of("hour"))))
                .containsExactly("hour=7.0 hour=07");
    }

    @Test
    void accepts_any_line_break_quotes_unicode_and_an_unterminated_last_line() throws Exception {
        assertThat(rows("miles,origin\r\n1,\"New\nYork, \"\"NY\"\"\"\r\n\r\n2,Köln €🌊\r\n3,"))
                .containsExactly(
                        "miles=1.0 origin=New\nYork, \"NY\"", "miles=2.0 origin=Köln €🌊", "miles=3.0 origin=");
    }

    @Test
    void accepts_names_with_dots_spaces_capitals_and_quotes() throws Exception {
        RowLayout layout = new RowLayout(List.of("a.b", "Departure Delay"), List.of("the \"origin\""));
        assertThat(ReadFile.rows(csv("a.b,Departure Delay,\"the \"\"origin\"\"\"\n1,2,x\n"), Format.CSV, layout))
                .containsExactly("a.b=1.0 Departure Delay=2.0 the \"origin\"=x");
    }

    @Test
    void reports_field_value_and_expectation_of_an_invalid_row_and_continues() throws Exception {
        assertThat(rows("miles,origin\nabc,A\nNaN,C\n-Infinity,D\n1e999,E\n5\n6,F,7\n8,G\n"))
                .containsExactly(
                        "miles~abc origin=A",
                        "miles~NaN origin=C",
                        "miles~-Infinity origin=D",
                        "miles: 1e999 (expected: a number of magnitude up to 3.4e38)",
                        "fields: 1 (expected: 2, as in the header)",
                        "fields: 3 (expected: 2, as in the header)",
                        "miles=8.0 origin=G");
    }

    /** Each model decides whether a number may be missing, such as labels after the end of a sequence. */
    @Test
    void treats_an_empty_number_as_missing() throws Exception {
        assertThat(rows("miles,origin\n,B\n\"\",C\n ,D\n"))
                .containsExactly("origin=B", "origin=C", "miles~empty origin=D");
        FeatureEncoder encoder = new FeatureEncoder(
                ModelSpec.parse("{name: m, label: y, features: {numeric: [miles]}, loss: mean-squared-error}"),
                new RowLayout(List.of("miles", "y"), List.of()));
        Row row = new Row(new RowLayout(List.of("miles", "y"), List.of()));
        try (RowReader reader =
                RowReader.open(csv("miles,y\n,1\n1,\n"), Format.CSV, new RowLayout(List.of("miles", "y"), List.of()))) {
            reader.next(row);
            assertThatThrownBy(() -> encoder.encode(row, 0, 0))
                    .isInstanceOf(InvalidSampleException.class)
                    .hasMessage("miles: missing (expected: a number)");
            reader.next(row);
            assertThatThrownBy(() -> encoder.encode(row, 0, 0))
                    .isInstanceOf(InvalidSampleException.class)
                    .hasMessage("y: missing (expected: a number)");
        }
    }

    @Test
    void optional_columns_are_missing_in_every_row_of_a_file_without_them() throws Exception {
        RowLayout layout = new RowLayout(List.of("miles", "y"), List.of("origin", "id"), List.of("mask*", "box"));
        Set<String> optional = Set.of("y", "id", "mask*", "box");
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(csv("origin,miles\nJFK,1\n"), Format.CSV, null, layout, optional)) {
            assertThat(reader.next(row)).isTrue();
            assertThat(row.number(0)).isEqualTo(1);
            assertThat(row.text(0)).isEqualTo("JFK");
            assertThat(row.isNumberMissing(1)).isTrue();
            assertThat(row.isTextMissing(1)).isTrue();
            assertThat(row.hasVector(0)).isFalse();
            assertThat(row.hasVector(1)).isFalse();
        }
        try (RowReader reader =
                RowReader.open(csv("origin,miles,id,box\nJFK,1,a,1 2\n"), Format.CSV, null, layout, optional)) {
            reader.next(row);
            assertThat(row.text(1)).isEqualTo("a");
            assertThat(row.vectorLength(1)).isEqualTo(2);
        }
    }

    @Test
    void rejects_a_row_that_is_not_utf_8() throws Exception {
        byte[] content = "miles,origin\n1,K?ln\n2,ok\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        content["miles,origin\n1,K".length()] = (byte) 0xf6;
        assertThat(ReadFile.rows(ReadFile.write(directory, "latin.csv", content), Format.CSV, TRIPS))
                .containsExactly("origin: K\ufffdln (expected: UTF-8)", "miles=2.0 origin=ok");
    }

    @Test
    void names_a_missing_column_the_nearest_one_and_all_others() {
        Path file = csv("distance_miles,origin\n1,A\n");
        assertRejected(
                file,
                new RowLayout(List.of("distance_mile"), List.of()),
                "no column distance_mile (expected: distance_miles?; columns: distance_miles, origin)");
        assertRejected(
                file,
                new RowLayout(List.of(), List.of("zzzzzz")),
                "no column zzzzzz (expected: a column with that name; columns: distance_miles, origin)");
        String wide = IntStream.range(0, 784).mapToObj(i -> "pixel" + i).collect(Collectors.joining(","));
        assertThatThrownBy(() -> RowReader.open(csv(wide + "\n"), Format.CSV, new RowLayout(List.of("x"), List.of())))
                .hasMessageEndingWith(", pixel29, ... (784 in all))");
    }

    @Test
    void blanks_around_a_name_do_not_belong_to_it_unless_it_is_quoted() throws Exception {
        assertThat(rows(" miles ,\torigin\u00a0\n1,A\n")).containsExactly("miles=1.0 origin=A");
        assertThat(rows("miles, \"origin\"\n1,A\n")).containsExactly("miles=1.0 origin=A");
        assertThat(rows("\ufeff\ufeffmiles,origin\n1,A\n")).containsExactly("miles=1.0 origin=A");
        RowLayout quoted = new RowLayout(List.of(" miles "), List.of("origin"));
        assertThat(ReadFile.rows(csv("\" miles \",miles,origin\n1,2,A\n"), Format.CSV, quoted))
                .containsExactly(" miles =1.0 origin=A");
        assertThat(ReadFile.rows(csv(" miles ,origin\n1,A\n"), Format.CSV, quoted))
                .containsExactly(" miles =1.0 origin=A");
        assertRejected(csv("origin,miles, miles\n1,2,3\n"), TRIPS, "header: miles twice (expected: each column once)");
    }

    @Test
    void rejects_duplicate_names_in_the_header() {
        assertRejected(csv("a,b,a\n1,2,3\n"), TRIPS, "header: a twice (expected: each column once)");
    }

    @Test
    void rejects_a_file_without_rows() {
        assertRejected(csv("miles,origin\n\n"), TRIPS, "no rows (expected: rows under the header line)");
        assertRejected(csv(""), TRIPS, "empty (expected: a header line and rows)");
    }

    @Test
    void fails_at_an_unclosed_quote() throws Exception {
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
    void rejects_a_row_longer_than_a_mebibyte_and_fails_at_a_field_of_that_length() throws Exception {
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
    void returns_row_numbers_and_raw_text() throws Exception {
        List<String> seen = new ArrayList<>();
        try (RowReader reader =
                RowReader.open(csv("miles,origin\n1,\"New \"\"York\"\"\"\n\nx,\"\"\n3,C,\n4,D\n"), Format.CSV, TRIPS)) {
            assertThat(reader.row()).isZero();
            Row row = new Row(TRIPS);
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(row);
                } catch (InvalidSampleException e) {
                    // Its raw text goes to the dead letter.
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

    private static void assertRejected(Path file, RowLayout layout, String message) {
        assertThatThrownBy(() -> RowReader.open(file, Format.CSV, layout))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": " + message);
    }
}
