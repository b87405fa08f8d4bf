package io.freshet.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Catches a command that {@code freshet} does not find on the class path, and one whose documents have other options. */
class BenchCommandTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern DOCUMENTED = Pattern.compile("freshet bench (--[^`\n]*)");

    @TempDir
    Path directory;

    @Test
    void is_a_command_of_freshet() {
        assertThat(Run.of("bench", "--help").done().out())
                .startsWith("Usage: freshet bench ")
                .contains("--verbose");
        assertThat(Run.of("--help").done().out()).contains("  bench ");
        assertThat(Run.of("completion", "bash").done().out()).contains("--warm-ups");
    }

    @Test
    void every_documented_command_has_only_options_that_exist() throws Exception {
        List<String> documented = new ArrayList<>();
        for (String page : List.of("README.md", "docs/performance.md", "docs/commands.md", "benchmarks/README.md")) {
            String text = Files.readString(ROOT.resolve(page));
            DOCUMENTED.matcher(text).results().map(match -> match.group(1)).forEach(documented::add);
        }

        assertThat(documented)
                .hasSizeGreaterThan(2)
                .allSatisfy(options -> new CommandLine(new BenchCommand())
                        .parseArgs(options.strip().split(" ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--set flight",
                "--only learned",
                "--rounds 0",
                "--warm-ups -1",
                "--rows 999",
                "--seconds 0",
                "--partitions 0",
                "--chart chart.png"
            })
    void wrong_usage_prints_one_line_and_a_hint_and_exits_with_2(String options) {
        Run run = Run.of(("bench " + options).split(" "));

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("freshet: --").contains(" --help'.");
        assertThat(run.err().lines()).hasSize(2);
    }

    @Test
    void does_not_overwrite_its_report_with_the_chart() {
        String file = directory.resolve("b.svg").toString();

        Run run = Run.of("bench", "--only=learn", "--report=" + file, "--chart=" + file);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--chart: " + file + " (expected: a file other than --report)");
    }
}
