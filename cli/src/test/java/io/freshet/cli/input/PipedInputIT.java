package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Freshet;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a pipe whose format must be given, and one that lacks the rows by which its format was detected. */
class PipedInputIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x,y\\nred,1\\n | row 1: x: red (expected: a number)",
                "{\"x\": \"red\", \"y\": 1}\\n | row 1: x: \"red\" (expected: a number)"
            })
    void train_detects_the_format_of_a_pipe_and_reads_all_of_it(String rows, String message) throws Exception {
        assertThat(train(rows.translateEscapes().getBytes(UTF_8)))
                .isEqualTo("freshet: standard input: no row can be learned; " + message + "\n");
    }

    @Test
    void a_gzipped_pipe_is_detected_too() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write("{\"x\": 1}\n".repeat(50_000).getBytes(UTF_8));
        }
        assertThat(train(bytes.toByteArray()))
                .isEqualTo("freshet: standard input: no row can be learned; row 1: y: missing (expected: a number)\n");
    }

    private String train(byte[] input) throws Exception {
        Path spec = Files.writeString(
                directory.resolve("m.yaml"), "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Freshet.class.getName(),
                        "train",
                        "--spec",
                        spec.toString(),
                        "--input",
                        "-")
                .redirectErrorStream(true)
                .start();
        try (OutputStream out = process.getOutputStream()) {
            out.write(input);
        }
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }
}
