package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.freshet.learning.features.RowLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
    private static final RowLayout A = new RowLayout(List.of("a"), List.of());

    @TempDir
    Path directory;

    @Test
    void gzip_is_known_by_its_first_bytes_and_not_by_the_name() throws Exception {
        Path named = ReadFile.write(directory, "plain.csv.gz", "a\n1\n");
        Path unnamed = ReadFile.write(directory, "zipped.csv", ReadFile.gzip("a\n2\n"));

        assertThat(ReadFile.rows(named, Format.CSV, A)).containsExactly("a=1.0");
        assertThat(ReadFile.rows(unnamed, Format.CSV, A)).containsExactly("a=2.0");
    }

    @Test
    void gzip_files_put_together_are_read_to_the_end() throws Exception {
        byte[] one = ReadFile.gzip("a\n1\n");
        byte[] two = ReadFile.gzip("2\n");
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);

        assertThat(ReadFile.rows(ReadFile.write(directory, "both.csv.gz", both), Format.CSV, A))
                .containsExactly("a=1.0", "a=2.0");
    }

    @Test
    void a_byte_order_mark_is_no_part_of_the_first_name() throws Exception {
        assertThat(ReadFile.rows(ReadFile.write(directory, "bom.csv", "\ufeffa\n1\n"), Format.CSV, A))
                .containsExactly("a=1.0");
        assertThat(ReadFile.rows(ReadFile.write(directory, "bom.csv.gz", ReadFile.gzip("\ufeffa\n1\n")), Format.CSV, A))
                .containsExactly("a=1.0");
    }

    @Test
    void a_missing_file_a_directory_and_an_unreadable_file_are_said_in_one_line() throws Exception {
        Path missing = directory.resolve("missing.csv");
        refused(missing, missing + ": no such file");
        refused(directory, directory + ": a directory (expected: a file)");

        Path secret = ReadFile.write(directory, "secret.csv", "a\n1\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(secret)).as("root reads everything").isFalse();
        refused(secret, secret + ": permission denied");
    }

    /** Would catch a pipe whose rows are gone once they were looked at, and that is then said to be empty. */
    @Test
    void what_can_be_read_only_once_is_refused_where_a_file_is_read_again() throws Exception {
        Path device = Path.of("/dev/null");
        assumeThat(device).exists();
        assertThatThrownBy(() -> RowReader.check(device, Format.CSV, A))
                .isInstanceOf(InputException.class)
                .hasMessage("/dev/null: a pipe or a device (expected: a regular file, as it is read more than once)");
        RowReader.check(ReadFile.write(directory, "a.csv", "a\n1\n"), Format.CSV, A);
        Path none = directory.resolve("none.csv");
        assertThatThrownBy(() -> RowReader.check(none, Format.CSV, A)).hasMessage(none + ": no such file");
        assertThatThrownBy(() -> RowReader.check(directory, Format.CSV, A)).hasMessageContaining("a directory");
    }

    @Test
    void an_empty_file_is_refused_in_every_format() {
        Path empty = ReadFile.write(directory, "empty", "");
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> RowReader.open(empty, format, new RowLayout(List.of("label"), List.of())))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(empty + ": ")
                    .hasMessageContaining("expected: ");
        }
    }

    @Test
    void a_gzip_file_cut_short_or_damaged_is_said_with_its_name_and_how_far_it_was_read() {
        String rows = "a\n" + "123\n".repeat(50_000);
        byte[] whole = ReadFile.gzip(rows);
        Path cut = ReadFile.write(directory, "cut.csv.gz", Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> ReadFile.rows(cut, Format.CSV, A))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(cut + ": corrupt gzip after " + whole.length / 2 + " bytes: ");

        byte[] damaged = whole.clone();
        damaged[damaged.length - 6] ^= 0x55;
        Path flipped = ReadFile.write(directory, "flipped.csv.gz", damaged);
        assertThatThrownBy(() -> ReadFile.rows(flipped, Format.CSV, A))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(flipped + ": corrupt gzip after ");

        Path head = ReadFile.write(directory, "head.csv.gz", Arrays.copyOf(whole, 5));
        assertThatThrownBy(() -> RowReader.open(head, Format.CSV, A))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(head + ": corrupt gzip after 5 bytes: ");
    }

    @Test
    void says_how_much_of_the_file_was_read() throws Exception {
        Path file = ReadFile.write(directory, "a.csv.gz", ReadFile.gzip("a\n1\n"));
        try (RowReader reader = RowReader.open(file, Format.CSV, A)) {
            assertThat(reader.size()).isEqualTo(Files.size(file));
            assertThat(reader.bytesRead()).isPositive().isLessThanOrEqualTo(reader.size());
        }
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> RowReader.open(file, Format.CSV, A))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }
}
