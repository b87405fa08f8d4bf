package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an output that replaces an input or another output. */
@Timeout(60)
class CommandFilesTest {
    private static final String SIGNS = "name: signs\nlabel: y\nfeatures: {numeric: [x]}\nloss: binary-cross-entropy\n";

    @TempDir
    Path directory;

    private Path rows;
    private Path test;
    private Path spec;

    @BeforeEach
    void write() throws IOException {
        rows = Files.writeString(directory.resolve("rows.csv"), "x,y\n1,1\n2,0\n");
        test = Files.writeString(directory.resolve("t.csv"), "x,y\n3,1\n");
        spec = Files.writeString(directory.resolve("spec.yaml"), SIGNS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--save", "--report", "--rejects", "--predictions"})
    void train_never_overwrites_its_test_rows(String option) throws IOException {
        assertRefused(train("--test", test.toString(), option, test.toString()), option, "--test");

        assertThat(test).hasContent("x,y\n3,1\n");
    }

    @Test
    void train_overwrites_neither_its_specification_nor_one_output_with_another() throws IOException {
        Path report = directory.resolve("new.json");

        assertRefused(train("--report", spec.toString()), "--report", "--spec");
        assertRefused(train("--report", report.toString(), "--save", report.toString()), "--save", "--report");

        assertThat(spec).hasContent(SIGNS);
        assertThat(report).doesNotExist();
    }

    @Test
    void compare_does_not_overwrite_its_report_with_the_chart() {
        String file = directory.resolve("c.svg").toString();
        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + rows,
                "--vary=seed=1,2",
                "--report=" + file,
                "--plot=" + file);

        assertRefused(run, "--plot", "--report");
    }

    @Test
    void predict_overwrites_neither_the_snapshot_nor_the_token_nor_the_rejected_rows() throws IOException {
        String snapshot =
                Files.writeString(directory.resolve("m.csv"), "snapshot").toString();
        String both = directory.resolve("p.csv").toString();
        String input = "--input=" + rows;

        assertRefused(Run.of("predict", "--snapshot", snapshot, input, "--output", snapshot), "--output", "--snapshot");
        assertRefused(
                Run.of("predict", "--snapshot", snapshot, input, "--output", both, "--rejects", both),
                "--rejects",
                "--output");
        assertRefused(
                Run.of("predict", "m", input, "--token-file", snapshot, "--output", snapshot),
                "--output",
                "--token-file");
        assertThat(Path.of(snapshot)).hasContent("snapshot");
    }

    @Test
    void a_file_is_the_same_under_another_name() throws IOException {
        Path soft = Files.createSymbolicLink(directory.resolve("soft.csv"), test);
        Path hard = Files.createLink(directory.resolve("hard.csv"), test);
        Path folder = Files.createSymbolicLink(directory.resolve("folder"), directory);
        Path dotted = directory.resolve("folder").resolve("..").resolve(directory.getFileName());
        for (Path name : List.of(soft, hard, folder.resolve("t.csv"), directory.resolve("./t.csv"))) {
            CommandFiles files = new CommandFiles().reads("--test", test);
            assertThatThrownBy(() -> files.writes("--save", name))
                    .isInstanceOf(InputException.class)
                    .hasMessage("--save: " + name + " (expected: a file other than --test)");
        }
        CommandFiles files = new CommandFiles();
        files.writes("--save", directory.resolve("new.avro"));
        for (Path name :
                List.of(folder.resolve("new.avro"), directory.resolve("New.AVRO"), dotted.resolve("new.avro"))) {
            assertThatThrownBy(() -> files.writes("--report", name)).hasMessageEndingWith("a file other than --save)");
        }
        files.writes("--report", rows);
        assertThatThrownBy(() -> files.reads("--test", List.of(rows)))
                .hasMessage("--report: " + rows + " (expected: a file other than --test)");
    }

    private Run train(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("train", "--spec=" + spec, "--input=" + rows, "--output=json"));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    private static void assertRefused(Run run, String option, String other) {
        assertThat(run.err().strip())
                .matches("freshet: " + option + ": \\S+ \\(expected: a file other than " + other + "\\)");
        assertThat(run.code()).isEqualTo(2);
    }
}
