package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFilesTest {
    private static final RowLayout A = new RowLayout(List.of("a"), List.of());

    @TempDir
    Path directory;

    @Test
    void reads_files_in_the_order_given_and_numbers_their_rows_together() throws Exception {
        write("b.csv", "a,b\n3,x\n4,x\n");
        write("a.csv", "a,b\n1,x\n2,x\n");
        assertThat(rows(files("b.csv", "a.csv"))).containsExactly("1: 3,x", "2: 4,x", "3: 1,x", "4: 2,x");
    }

    @Test
    void expands_patterns_in_the_order_of_the_names() throws Exception {
        Files.createDirectories(directory.resolve("2026/02"));
        write("day-2.csv", "a\n2\n");
        write("day-1.csv", "a\n1\n");
        write("day-3.txt", "a\n3\n");
        write("2026/02/day-4.csv", "a\n4\n");
        write("[1].csv", "a\n5\n");
        assertThat(names("day-*.csv")).containsExactly("day-1.csv", "day-2.csv");
        assertThat(names("day-?.{csv,txt}")).containsExactly("day-1.csv", "day-2.csv", "day-3.txt");
        assertThat(names("*/*/day-*.csv")).containsExactly("day-4.csv");
        assertThat(names("**.csv")).containsExactly("day-4.csv", "[1].csv", "day-1.csv", "day-2.csv");
        assertThat(names("day-2.csv", "day-*.csv")).containsExactly("day-2.csv", "day-1.csv", "day-2.csv");
        assertThat(names("[1].csv")).as("a file of that name").containsExactly("[1].csv");
        assertThatThrownBy(() -> names("week-*.csv"))
                .isInstanceOf(InputException.class)
                .hasMessage(directory.resolve("week-*.csv") + ": no file matches (expected: at least one)");
        assertThatThrownBy(() -> names("none/*.csv"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(directory.resolve("none/*.csv") + ": ");
    }

    @Test
    void a_missing_file_whose_name_is_a_malformed_pattern_is_bad_input() throws Exception {
        assertThatThrownBy(() -> names("rows[1.csv"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(directory.resolve("rows[1.csv") + ": no such file, and no pattern: ");
        assertThatThrownBy(() -> names("rows{1.csv")).isInstanceOf(InputException.class);
        write("rows[1.csv", "a\n5\n");
        assertThat(names("rows[1.csv")).containsExactly("rows[1.csv");
    }

    /** Would catch a directory that is refused for the format of its name. */
    @Test
    void refuses_a_directory_before_it_asks_for_a_format() {
        assertThatThrownBy(() -> files("."))
                .isInstanceOf(InputException.class)
                .hasMessage(directory.resolve(".") + ": a directory (expected: a file, or a pattern such as '"
                        + directory.resolve("./*.csv") + "')");
    }

    @Test
    void reads_all_files_with_the_delimiter_of_the_first() throws Exception {
        write("a.csv", "a;b\n1;x\n");
        write("b.csv", "a;b\n2;x,y,z\n");
        assertThat(rows(files("a.csv", "b.csv"))).containsExactly("1: 1;x", "2: 2;x,y,z");
    }

    @Test
    void rejects_another_header_or_format_than_that_of_the_first_file() {
        Path first = write("a.csv", "a,b\n1,x\n");
        Path second = write("b.csv", "b,a\nx,1\n");
        assertThatThrownBy(() -> rows(files("a.csv", "b.csv")))
                .isInstanceOf(InputException.class)
                .hasMessage(second + ": header: b,a (expected: a,b, as in " + first + ")");
        assertThatThrownBy(() -> files("a.csv", "c.jsonl"))
                .isInstanceOf(InputException.class)
                .hasMessage(directory.resolve("c.jsonl") + ": jsonl (expected: csv, as " + first + ")");
    }

    @Test
    void checks_every_file_before_the_first_row_is_used() {
        write("a.csv", "a,b\n1,x\n");
        Path second = write("b.csv", "b\n1\n");
        assertThatThrownBy(() -> files("a.csv", "b.csv").check(A)).hasMessageStartingWith(second + ": no column a");
    }

    @Test
    void has_the_latest_modification_time_and_a_short_name() throws Exception {
        Path first = write("a.csv", "a\n1\n");
        Path second = write("b.csv", "a\n1\n");
        Files.setLastModifiedTime(first, FileTime.fromMillis(5_000));
        Files.setLastModifiedTime(second, FileTime.fromMillis(7_000));
        assertThat(files("a.csv", "b.csv").lastModifiedMillis()).isEqualTo(7_000);
        assertThat(files("a.csv", "b.csv")).hasToString(first + " and 1 other file");
        assertThat(files("a.csv").name()).isEqualTo("a.csv");
    }

    @Test
    void counts_the_bytes_of_all_files() throws Exception {
        write("a.csv", "a\n1\n");
        write("b.csv", "a\n2\n3\n");
        try (RowReader reader = files("a.csv", "b.csv").open(A)) {
            assertThat(reader.size()).isEqualTo(10);
            while (reader.next(new Row(A))) {
                assertThat(reader.bytesRead()).isBetween(1L, 10L);
            }
            assertThat(reader.bytesRead()).isEqualTo(10);
        }
    }

    private static List<String> rows(RowFiles files) throws Exception {
        List<String> rows = new ArrayList<>();
        Row row = new Row(A);
        try (RowReader reader = files.open(A)) {
            while (reader.next(row)) {
                rows.add(reader.row() + ": " + reader.raw());
            }
        }
        return rows;
    }

    private RowFiles files(String... names) throws InputException {
        return RowFiles.of(Stream.of(names).map(directory::resolve).toList(), null, null, "--");
    }

    private List<String> names(String... patterns) throws IOException {
        return RowFiles.of(Stream.of(patterns).map(directory::resolve).toList(), "csv", null, "--").files().stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    private Path write(String name, String content) {
        return ReadFile.write(directory, name, content);
    }
}
