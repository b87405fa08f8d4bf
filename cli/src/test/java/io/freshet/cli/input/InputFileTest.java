package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.freshet.learning.features.RowLayout;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
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
    void detects_gzip_by_content_not_by_file_name() throws Exception {
        Path named = ReadFile.write(directory, "plain.csv.gz", "a\n1\n");
        Path unnamed = ReadFile.write(directory, "zipped.csv", ReadFile.gzip("a\n2\n"));

        assertThat(ReadFile.rows(named, Format.CSV, A)).containsExactly("a=1.0");
        assertThat(ReadFile.rows(unnamed, Format.CSV, A)).containsExactly("a=2.0");
    }

    @Test
    void reads_concatenated_gzip_files_to_the_end() throws Exception {
        byte[] one = ReadFile.gzip("a\n1\n");
        byte[] two = ReadFile.gzip("2\n");
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);

        assertThat(ReadFile.rows(ReadFile.write(directory, "both.csv.gz", both), Format.CSV, A))
                .containsExactly("a=1.0", "a=2.0");
    }

    @Test
    void strips_a_byte_order_mark() throws Exception {
        assertThat(ReadFile.rows(ReadFile.write(directory, "bom.csv", "\ufeffa\n1\n"), Format.CSV, A))
                .containsExactly("a=1.0");
        assertThat(ReadFile.rows(ReadFile.write(directory, "bom.csv.gz", ReadFile.gzip("\ufeffa\n1\n")), Format.CSV, A))
                .containsExactly("a=1.0");
    }

    /** Would catch a file saved by a spreadsheet as "Unicode text" that has no column of any name. */
    @Test
    void decodes_utf_16_with_a_byte_order_mark_of_either_order() throws Exception {
        StringBuilder csv = new StringBuilder("\ufeffa;Größe\n");
        // Some pairs of surrogates lie across the ends of chunks.
        for (int i = 0; i < 20_000; i++) {
            csv.append(i % 7).append(";🌊").append(i % 3 == 0 ? "x" : "").append('\n');
        }
        RowLayout layout = new RowLayout(List.of("a"), List.of("Größe"));
        List<String> expected = ReadFile.rows(ReadFile.write(directory, "8.csv", csv.toString()), Format.CSV, layout);
        assertThat(expected).hasSize(20_000).startsWith("a=0.0 Größe=🌊x", "a=1.0 Größe=🌊");
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            byte[] bytes = csv.toString().getBytes(charset);
            Path file = ReadFile.write(directory, charset + ".csv", bytes);
            assertThat(ReadFile.rows(file, Format.CSV, layout)).isEqualTo(expected);
            try (RowReader reader = RowReader.open(file, Format.CSV, layout)) {
                assertThat(reader.notice()).isEqualTo(file + ": UTF-16 (detected), delimiter semicolon (detected)");
            }
        }
        byte[] json = "\ufeff{\"a\": 5}\n".getBytes(StandardCharsets.UTF_16LE);
        Path lines = ReadFile.write(directory, "16.jsonl", json);
        assertThat(ReadFile.rows(lines, Format.JSON_LINES, A)).containsExactly("a=5.0");
        try (RowReader reader = RowReader.open(lines, Format.JSON_LINES, A)) {
            assertThat(reader.notice()).isEqualTo(lines + ": UTF-16 (detected)");
        }
    }

    @Test
    void a_broken_utf_16_text_is_an_invalid_row_and_the_next_is_read() throws Exception {
        byte[] broken = "\ufeffa,t\n1,?\n2,y\n".getBytes(StandardCharsets.UTF_16LE);
        for (int i = 0; i < broken.length; i += 2) {
            if (broken[i] == '?') {
                broken[i] = 0;
                broken[i + 1] = (byte) 0xdc;
            }
        }
        RowLayout layout = new RowLayout(List.of("a"), List.of("t"));
        assertThat(ReadFile.rows(ReadFile.write(directory, "broken.csv", broken), Format.CSV, layout))
                .containsExactly("t: \ufffd (expected: UTF-8)", "a=2.0 t=y");
    }

    @Test
    void reports_a_missing_file_a_directory_and_an_unreadable_file() throws Exception {
        Path missing = directory.resolve("missing.csv");
        assertRejected(missing, missing + ": no such file");
        assertRejected(
                directory,
                directory + ": a directory (expected: a file, or a pattern such as '" + directory.resolve("*.csv")
                        + "')");

        Path secret = ReadFile.write(directory, "secret.csv", "a\n1\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(secret)).as("root reads everything").isFalse();
        assertRejected(secret, secret + ": permission denied");
    }

    /** Catches a pipe that is consumed by a check and then reported as empty. */
    @Test
    void rejects_a_pipe_if_the_file_is_read_twice() throws Exception {
        Path device = Path.of("/dev/null");
        assumeThat(device).exists();
        assertThatThrownBy(() -> RowReader.requireRegular(device))
                .isInstanceOf(InputException.class)
                .hasMessage("/dev/null: a pipe or a device (expected: a regular file, as it is read more than once;"
                        + " --input - reads standard input, and copies it)");
        RowReader.requireRegular(ReadFile.write(directory, "a.csv", "a\n1\n"));
        Path none = directory.resolve("none.csv");
        assertThatThrownBy(() -> RowReader.open(none, Format.CSV, A)).hasMessage(none + ": no such file");
        assertThatThrownBy(() -> RowReader.open(directory, Format.CSV, A)).hasMessageContaining("a directory");
    }

    @Test
    void rejects_an_empty_file_in_every_format() {
        Path empty = ReadFile.write(directory, "empty", "");
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> RowReader.open(empty, format, new RowLayout(List.of("label"), List.of())))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(empty + ": ")
                    .hasMessageContaining("expected: ");
        }
    }

    @Test
    void reports_file_and_position_of_truncated_or_corrupt_gzip() {
        String rows = "a\n" + "123\n".repeat(50_000);
        byte[] whole = ReadFile.gzip(rows);
        Path truncated = ReadFile.write(directory, "cut.csv.gz", Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> ReadFile.rows(truncated, Format.CSV, A))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(truncated + ": corrupt gzip after " + whole.length / 2 + " bytes: ");

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
    void returns_the_number_of_bytes_read() throws Exception {
        Path file = ReadFile.write(directory, "a.csv.gz", ReadFile.gzip("a\n1\n"));
        try (RowReader reader = RowReader.open(file, Format.CSV, A)) {
            assertThat(reader.size()).isEqualTo(Files.size(file));
            assertThat(reader.bytesRead()).isPositive().isLessThanOrEqualTo(reader.size());
        }
    }

    private static void assertRejected(Path file, String message) {
        assertThatThrownBy(() -> RowReader.open(file, Format.CSV, A))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }
}
