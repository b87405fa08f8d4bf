package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch predictions of a training that differ from those of its snapshot. */
@Timeout(180)
class TrainPredictionsIT {
    private static final String SIGNS =
            "{name: signs, label: y, key: k, features: {numeric: [x]}, loss: binary-cross-entropy}";

    @TempDir
    Path directory;

    @Test
    void writes_what_the_trained_model_predicts_for_the_test_rows_or_else_for_the_input() throws Exception {
        Path input = rows("input.csv", 300);
        Path test = rows("test.csv", 20);
        Files.writeString(test, "3,C,1\n", StandardOpenOption.APPEND);
        Path predictions = directory.resolve("predictions.csv");
        Path snapshot = directory.resolve("signs.snapshot");

        Run run = train(input, "--test=" + test, "--predictions=" + predictions, "--save=" + snapshot);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Files.readAllLines(predictions))
                .isEqualTo(predicted(snapshot, test))
                .hasSize(22)
                .startsWith("row,class,probability_0,probability_1")
                .endsWith("21,,,");
        assertThat(new ObjectMapper()
                        .readTree(run.out())
                        .get("test")
                        .get("firstReason")
                        .asText())
                .isEqualTo("row 21: k: C (expected: a key that was learned)");

        train(input, "--predictions=" + predictions);
        assertThat(Files.readAllLines(predictions))
                .isEqualTo(predicted(snapshot, input))
                .hasSize(301);
    }

    @Test
    void refuses_a_file_of_another_format_and_the_input_before_the_training() throws Exception {
        Path input = rows("input.csv", 3);
        for (String option : List.of("predictions", "save", "rejects", "report")) {
            Run destructive = train(input, "--" + option + "=" + input);
            assertThat(destructive.code()).isEqualTo(2);
            assertThat(destructive.err())
                    .startsWith("freshet: --" + option + ": " + input + " (expected: a file other than --input)");
        }
        Run run = train(input, "--predictions=p.parquet");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("freshet: --predictions: p.parquet (expected: a name that ends with .csv, ");
    }

    private static List<String> predicted(Path snapshot, Path input) {
        return Run.of("predict", "--snapshot=" + snapshot, "--input=" + input)
                .done()
                .outLines();
    }

    private Path rows(String name, int count) throws Exception {
        List<String> lines = new ArrayList<>(List.of("x,k,y"));
        for (int i = 0; i < count; i++) {
            lines.add(i * 7 % 11 + "," + (i % 2 == 0 ? "A" : "B") + "," + i % 3 / 2);
        }
        return Files.write(directory.resolve(name), lines);
    }

    private Run train(Path input, String... more) throws Exception {
        Path spec = Files.writeString(directory.resolve("spec.yaml"), SIGNS);
        List<String> arguments =
                new ArrayList<>(List.of("train", "--spec=" + spec, "--input=" + input, "--output=json"));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }
}
