package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @ParameterizedTest
    @CsvSource({
        "a.csv, CSV",
        "b.d/a.CSV.GZ, CSV",
        "a.tsv, CSV",
        "a.svm, LIBSVM",
        "a.libsvm, LIBSVM",
        "a.svm.gz, LIBSVM",
        "a.jsonl, JSON_LINES",
        "a.ndjson, JSON_LINES",
        "a.ndjson.gz, JSON_LINES"
    })
    void detects_the_format_by_file_name(String name, Format format) throws Exception {
        assertThat(Format.of(Path.of(name), null, "--format")).isEqualTo(format);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,y\\n1,2\\n | CSV",
                "a | CSV",
                "'' | CSV",
                "5.1 3.5 | CSV",
                "when:1 | CSV",
                "\\n {\"a\": 1}\\n | JSON_LINES",
                "1 3:0.5 7:1\\n | LIBSVM",
                "+1\\t3:.5e-3 # c\\n | LIBSVM",
                "red 1:2\\r\\n-1 1:2 | LIBSVM",
                "PAR1x | PARQUET"
            })
    void detects_the_format_by_the_first_line(String start, Format format) {
        assertThat(Format.of(start.translateEscapes().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(format);
    }

    /** Would catch a line whose pairs overflow the stack, or that is no LIBSVM because it is longer than what is read of it. */
    @Test
    void long_first_lines_of_libsvm_are_found() throws Exception {
        byte[] start = ("1" + " 1:1".repeat(1 << 18)).getBytes(StandardCharsets.UTF_8);
        assertThat(Format.of(start)).isEqualTo(Format.LIBSVM);
        assertThat(Format.of(Arrays.copyOf(start, (1 << 16) - 1))).isEqualTo(Format.LIBSVM);
    }

    @Test
    void names_the_option_for_an_unknown_file_name() {
        assertThatThrownBy(() -> Format.of(Path.of("data.txt"), null, "--input-format"))
                .isInstanceOf(InputException.class)
                .hasMessage("data.txt: unknown format (expected: --input-format csv, libsvm, jsonl, parquet)");
    }

    @Test
    void parses_labels() throws Exception {
        for (Format format : Format.values()) {
            assertThat(Format.of(Path.of("data.txt"), format.toString(), "--format"))
                    .isEqualTo(format);
        }
        assertThatThrownBy(() -> Format.of(Path.of("data.csv"), "tsv", "--format"))
                .hasMessage("--format: tsv (expected: csv, libsvm, jsonl, parquet)");
    }
}
