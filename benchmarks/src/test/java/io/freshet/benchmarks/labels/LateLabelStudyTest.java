package io.freshet.benchmarks.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Would catch a method that is biased although its share of late positives is right, and a study whose tables say otherwise. */
class LateLabelStudyTest {
    private static final int REQUESTS = 16_000;
    private static final int WITHIN = 4_000;
    /** Everything happens 2.5 times as fast, so that a short run has final labels. */
    private static final double SOON = 0.4;

    @Test
    void every_method_with_the_true_share_is_unbiased_and_the_others_are_not() {
        List<Request> requests = Scenario.HEAVY_TAIL.draw(Subject.SGD, REQUESTS, 3).stream()
                .map(request -> request.slower(SOON))
                .toList();
        double late = Scenario.late(requests, 300);
        assertThat(late).isBetween(0.2, 0.8);

        assertThat(bias(requests, new Method("", Method.ORACLE, WITHIN, 0, 0))).isBetween(0.93, 1.07);
        assertThat(bias(requests, new Method("", "wait", WITHIN, WITHIN, 0))).isBetween(0.93, 1.07);
        assertThat(bias(requests, new Method("", "retract", WITHIN, 300, 0))).isBetween(0.93, 1.07);
        assertThat(bias(requests, new Method("", "weighted", WITHIN, 300, late)))
                .isBetween(0.93, 1.07);
        assertThat(bias(requests, new Method("", "calibrated", WITHIN, 300, late)))
                .isBetween(0.93, 1.07);
        assertThat(bias(requests, new Method("", Method.VANILLA, WITHIN, 300, 0)))
                .isLessThan(0.85);
        assertThat(bias(requests, new Method("", "weighted", WITHIN, 300, 1))).isGreaterThan(1.1);
    }

    @Test
    void only_retract_learns_refunds() {
        List<Request> requests = Scenario.REFUNDS.draw(Subject.BY_DEFAULT, REQUESTS, 3).stream()
                .map(request -> request.slower(SOON))
                .toList();

        assertThat(bias(requests, new Method("", "retract", WITHIN, 0, 0))).isBetween(0.93, 1.07);
        assertThat(bias(requests, new Method("", "weighted", WITHIN, 0, 1))).isGreaterThan(1.25);
    }

    @Test
    void weights_vanish_where_a_model_is_confidently_wrong() {
        int retract = Recovery.requests(Subject.SGD, new Method("", "retract", Recovery.DELAY, 0, 0), 1);
        int weighted = Recovery.requests(Subject.SGD, new Method("", "weighted", Recovery.DELAY, 0, 1), 1);

        assertThat(retract).isBetween(20, 200);
        assertThat(weighted).isGreaterThan(3 * retract);
    }

    /** A correction along a whole gradient, after a step that was shorter than one, makes predictions up to 5% too high. */
    @Test
    void retract_is_unbiased_where_steps_are_shorter_than_gradients() {
        Method oracle = new Method("", Method.ORACLE, WITHIN, 0, 0);
        Method retract = new Method("", "retract", WITHIN, 0, 0);
        for (String optimizer : FewSamples.OPTIMIZERS) {
            for (String loss : FewSamples.LOSSES) {
                double bias = FewSamples.bias(optimizer, loss, retract, 4 * REQUESTS, 3);
                assertThat(bias - FewSamples.bias(optimizer, loss, oracle, 4 * REQUESTS, 3))
                        .as("%s, %s", optimizer, loss)
                        .isBetween(-0.01, 0.01);
            }
        }
    }

    /** Would catch advice that does not hold: corrections go on while nothing pulls back. */
    @Test
    void corrections_in_a_pause_raise_predictions_unless_steps_are_small_or_corrections_few() {
        int steady = 2 * Scenario.WITHIN;
        List<Request> requests = Traffic.PAUSE.draw(Scenario.WITHIN, steady, 3);
        Method retract = Method.retract(Scenario.WITHIN, Scenario.AFTER);
        Method wait = new Method("", "wait", Scenario.WITHIN, Scenario.WITHIN, 0);
        String large = "{type: sgd, learningRate: 0.02}";

        assertThat(worstBias(large, retract, requests, steady)).isGreaterThan(2.5);
        assertThat(worstBias(large, wait, requests, steady)).isBetween(0.75, 1.25);
        assertThat(worstBias("adagrad", retract, requests, steady)).isBetween(0.75, 1.25);
        assertThat(worstBias("normalized-adagrad", Method.retract(Scenario.WITHIN, 5_000), requests, steady))
                .isBetween(0.75, 1.25);
    }

    private static double worstBias(String optimizer, Method method, List<Request> requests, int from) {
        return Traffic.run(optimizer, method, requests).from(from).worst(200).bias();
    }

    @Test
    void prints_a_row_for_each_method_and_draws_the_drift(@TempDir Path folder) throws Exception {
        Path svg = folder.resolve("late.svg");
        StringWriter printed = new StringWriter();
        CommandLine command = new CommandLine(new LateLabelStudy()).setOut(new PrintWriter(printed));

        int exit = command.execute("--requests", "400", "--seeds", "1", "--subjects", "SGD", "--svg", svg.toString());

        assertThat(exit).isZero();
        List<String> rows = printed.toString()
                .lines()
                .filter(line -> line.startsWith("| `retract`"))
                .toList();
        assertThat(rows).hasSize(2 * Scenario.values().length + 1 + 2 * 3 * Traffic.values().length);
        assertThat(Files.readString(svg))
                .contains("<polyline")
                .contains("retract")
                .doesNotContain("NaN");
        assertThat(printed.toString().lines().collect(Collectors.joining())).doesNotContain("NaN");
    }

    private static double bias(List<Request> requests, Method method) {
        Subject subject = requests.get(0).category() < 0 ? Subject.NETWORK : Subject.SGD;
        return new LabelRun(subject, method).run(requests).from(REQUESTS / 2).bias();
    }
}
