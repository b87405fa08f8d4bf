package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a run that learns one class only, never learns one, or diverges, and reports success. */
@Timeout(180)
class SilentLossIT {
    private static final String SPEC = """
            name: fraud
            label: y
            features: {numeric: [x]}
            loss: binary-cross-entropy
            """;

    @TempDir
    Path directory;

    /** No window is far above an earlier one, so no detector reports this. */
    @Test
    void a_loss_far_above_that_of_a_constant_ends_with_1_and_names_the_remedy() throws Exception {
        Path input = write(rows(3_000, i -> String.valueOf(i * 7 % 13 % 2)));
        Run run = train(SPEC + "optimizer: {type: sgd, learningRate: 1000}\n", input);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> line.startsWith("freshet: ")))
                .singleElement()
                .asString()
                .matches(
                        "freshet: diverged: loss \\S+ of 3,000 samples \\(expected: at most 0\\.\\d+, the loss of the best"
                                + " constant\\); lower optimizer\\.learningRate, now 1000\\.0, or set clip\\.norm, or leave"
                                + " optimizer\\.learningRate out for the default, 0\\.01");
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.get("worseThanConstant").get("diverged").asBoolean()).isTrue();
        assertThat(train(SPEC, input).code()).isZero();
    }

    @Test
    void labels_1_and_2_end_with_1_and_say_so_first() throws Exception {
        Path input = write(rows(1200, i -> i % 20 == 0 ? "2" : "1"));
        Run run = train(SPEC, input);
        assertThat(run.code()).isEqualTo(1);
        List<String> problems =
                run.err().lines().filter(line -> line.startsWith("freshet: ")).toList();
        assertThat(problems)
                .containsExactly(
                        "freshet: y: 2.0 in 60 rows, all rejected (expected: in [0, 1]; if classes are numbered from 1,"
                                + " set labels: [\"1\", \"2\"]; for more classes, set loss:"
                                + " sparse-categorical-cross-entropy and outputs: N)",
                        "freshet: y: 1 in all 1,140 samples (expected: samples of two or more classes)",
                        "freshet: 60 of 1,200 rows rejected (5%)");
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.get("problems")).hasSize(2);

        Run remedy = train(SPEC + "labels: [\"1\", \"2\"]\n", input);
        assertThat(remedy.code()).as(remedy.err()).isZero();
        assertThat(new ObjectMapper().readTree(remedy.out()).get("samples").asInt())
                .isEqualTo(1200);
    }

    @Test
    void a_class_that_is_always_rejected_is_a_problem_however_many_others_there_are() throws Exception {
        Path input = write(rows(400, i -> i % 40 == 0 ? "2" : Integer.toString(i % 2)));
        Run run = train(SPEC, input);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("freshet: y: 2.0 in 10 rows, all rejected");
    }

    @Test
    void rare_positives_and_single_typos_are_no_problem() throws Exception {
        Path input = write(rows(3000, i -> i == 2999 ? "1" : i % 500 == 7 ? "9" : "0"));
        Run run = train(SPEC, input);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(new ObjectMapper().readTree(run.out()).get("problems")).isEmpty();
    }

    @Test
    void keys_with_one_class_each_are_no_problem() throws Exception {
        List<String> rows = new ArrayList<>(List.of("x,y,shop"));
        for (int i = 0; i < 2400; i++) {
            rows.add(i % 7 + "," + i % 2 + ",s" + i % 2);
        }
        Run run = train(SPEC + "key: shop\n", write(rows));
        assertThat(run.code()).as(run.err()).isZero();
    }

    @Test
    void compare_says_it_for_each_variant() throws Exception {
        Path input = write(rows(1200, i -> "0"));
        Run run = Run.of(
                "compare",
                "--spec=" + Files.writeString(directory.resolve("fraud.yaml"), SPEC),
                "--input=" + input,
                "--vary=optimizer=sgd,adam",
                "--plot=" + directory.resolve("plot.svg"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("freshet: fraud.sgd: y: 0 in all 1,200 samples (expected: samples of two or more classes)")
                .contains("freshet: fraud.adam: y: 0 in all 1,200 samples");
    }

    private interface Label {
        String of(int row);
    }

    private static List<String> rows(int count, Label label) {
        List<String> rows = new ArrayList<>(List.of("x,y"));
        for (int i = 0; i < count; i++) {
            rows.add(i % 7 * 0.5 + "," + label.of(i));
        }
        return rows;
    }

    private Run train(String yaml, Path input) throws Exception {
        return Run.of(
                "train",
                "--spec=" + Files.writeString(directory.resolve("fraud.yaml"), yaml),
                "--input=" + input,
                "--output=json");
    }

    private Path write(List<String> lines) throws Exception {
        return Files.write(directory.resolve("rows.csv"), lines);
    }
}
