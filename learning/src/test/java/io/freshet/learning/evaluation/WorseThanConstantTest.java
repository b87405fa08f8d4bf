package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a model that diverged and looks well, and one that is blamed for noise, for a slow start, or for its past. */
class WorseThanConstantTest {
    private static final int SAMPLES = 10_000;

    @ParameterizedTest
    @CsvSource({
        // The constants are ln 2, ln 3, 1, and 1/4.
        "BINARY,     1, 0.69, false, false",
        "BINARY,     1, 0.71, false, false",
        "BINARY,     1, 0.74, true,  false",
        "BINARY,     1, 6.9,  true,  false",
        "BINARY,     1, 7,    true,  true",
        "MULTICLASS, 3, 1.1,  false, false",
        "MULTICLASS, 3, 1.2,  true,  false",
        "MULTICLASS, 3, 11,   true,  true",
        "MARGIN,     1, 1.03, false, false",
        "MARGIN,     1, 1.1,  true,  false",
        "MARGIN,     1, 11,   true,  true",
        "REGRESSION, 1, 0.26, false, false",
        "REGRESSION, 1, 0.27, true,  false",
        "REGRESSION, 1, 2.6,  true,  true"
    })
    void a_loss_above_that_of_the_best_constant_counts(
            Task task, int outputs, double loss, boolean worse, boolean diverged) {
        WorseThanConstant found = of(tally(task, outputs, SAMPLES, loss, 0));
        assertThat(found != null).isEqualTo(worse);
        assertThat(found != null && found.diverged()).isEqualTo(diverged);
    }

    @Test
    void the_text_has_both_losses() {
        assertThat(of(tally(Task.BINARY, 1, SAMPLES, 1_469, 0)).text())
                .isEqualTo(
                        "diverged: loss 1469 of 10,000 samples (expected: at most 0.6931, the loss of the best constant)");
        assertThat(of(tally(Task.BINARY, 1, SAMPLES, 0.75, 0)).text())
                .startsWith("worse than a constant: loss 0.7500 of");
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity"})
    void a_loss_that_is_no_number_has_diverged(double loss) {
        assertThat(of(tally(Task.BINARY, 1, SAMPLES, loss, 0)).diverged()).isTrue();
    }

    @Test
    void fewer_than_a_thousand_samples_are_not_judged() {
        assertThat(of(tally(Task.BINARY, 1, 999, 100, 0))).isNull();
        assertThat(of(tally(Task.BINARY, 1, 1_000, 100, 0))).isNotNull();
        assertThat(WorseThanConstant.of(List.of(), List.of())).isNull();
    }

    @Test
    void a_model_that_has_recovered_is_not_worse() {
        Tally total = tally(Task.BINARY, 1, SAMPLES, 1_000, 0);
        Metrics well = tally(Task.BINARY, 1, 1_000, 0.6, 0).metrics();
        assertThat(WorseThanConstant.of(List.of(total), List.of(well))).isNull();
        Metrics ill = tally(Task.BINARY, 1, 1_000, 0.9, 0).metrics();
        assertThat(WorseThanConstant.of(List.of(total), List.of(ill))).isNotNull();
    }

    @Test
    void a_bad_window_does_not_make_a_good_model_worse() {
        Metrics ill = tally(Task.BINARY, 1, 1_000, 0.9, 0).metrics();
        assertThat(WorseThanConstant.of(List.of(tally(Task.BINARY, 1, SAMPLES, 0.6, 0)), List.of(ill)))
                .isNull();
    }

    @Test
    void the_keys_of_a_model_are_judged_together() {
        Tally good = tally(Task.BINARY, 1, SAMPLES, 0.5, 0);
        Tally bad = tally(Task.BINARY, 1, 2_000, 0.9, 0);
        List<Metrics> windows = List.of(good.metrics(), bad.metrics());
        assertThat(WorseThanConstant.of(List.of(good, bad), windows)).isNull();
        Tally diverged = tally(Task.BINARY, 1, 2_000, 900, 0);
        WorseThanConstant worse =
                WorseThanConstant.of(List.of(good, diverged), List.of(good.metrics(), diverged.metrics()));
        assertThat(worse.samples()).isEqualTo(12_000);
        assertThat(worse.loss()).isEqualTo((10_000 * 0.5 + 2_000 * 900.0) / 12_000);
        assertThat(good.samples()).isEqualTo(SAMPLES);
    }

    /** Labels far from 0 take long to reach. That is slow, and a lower rate would make it worse. */
    @Test
    void a_model_that_has_hardly_started_has_not_diverged() {
        // The variance of the labels is 1/4 and their mean 300.5, so an untrained model has the loss 90,300.5.
        assertThat(of(tally(Task.REGRESSION, 1, SAMPLES, 90_000, 300)).diverged())
                .isFalse();
        assertThat(of(tally(Task.REGRESSION, 1, SAMPLES, 91_000, 300)).diverged())
                .isTrue();
        assertThat(of(tally(Task.REGRESSION, 2, SAMPLES, 90_000, 300)).diverged())
                .isFalse();
        assertThat(of(tally(Task.REGRESSION, 2, SAMPLES, 91_000, 300)).diverged())
                .isTrue();
    }

    /** One label in a hundred is 1: the best constant has 0.056, and a model starts at 0.693. */
    @Test
    void rare_labels_do_not_make_a_slow_start_a_divergence() {
        Tally tally = Tally.of(Task.BINARY, 1);
        for (int i = 0; i < SAMPLES; i++) {
            add(tally, i % 100 == 0 ? 1 : 0, 0.69, 1);
        }
        assertThat(of(tally).diverged()).isFalse();
    }

    /** Of a loss whose best constant is unknown, nothing is said. */
    @ParameterizedTest
    @EnumSource(names = {"NUMBER", "MASK"})
    void other_losses_are_not_judged(Task task) {
        assertThat(of(tally(task, 1, SAMPLES, 1e9, 0))).isNull();
    }

    @Test
    void numbers_that_are_all_the_same_are_not_judged() {
        Tally tally = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < SAMPLES; i++) {
            add(tally, 7, 0.001, 1);
        }
        assertThat(of(tally)).isNull();
    }

    /** A model that predicts the share of each class is as good as the best constant, up to noise. */
    @Test
    void constants_are_not_worse_than_the_best_one() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int classes = 2 + seed % 60;
            Tally tally = Tally.of(Task.MULTICLASS, classes);
            for (int i = 0; i < 1_000; i++) {
                add(tally, random.nextInt(classes), Math.log(classes), classes);
            }
            assertThat(of(tally)).as("seed %d", seed).isNull();
        }
    }

    private static WorseThanConstant of(Tally total) {
        return WorseThanConstant.of(List.of(total), List.of(total.metrics()));
    }

    /** Labels alternate between {@code first} and the next ones: two of them, or one for each class. */
    private static Tally tally(Task task, int outputs, int samples, double loss, int first) {
        Tally tally = Tally.of(task, outputs);
        for (int i = 0; i < samples; i++) {
            add(tally, first + i % (task == Task.MULTICLASS ? outputs : 2), loss, outputs);
        }
        return tally;
    }

    private static void add(Tally tally, float label, double loss, int outputs) {
        float[] zeros = new float[outputs];
        float[] labels = new float[tally.task() == Task.MULTICLASS ? 1 : outputs];
        Arrays.fill(labels, label);
        tally.add(loss, 1, new PredictedSamples(outputs, labels, zeros, zeros), 0, 0, labels.length);
    }
}
