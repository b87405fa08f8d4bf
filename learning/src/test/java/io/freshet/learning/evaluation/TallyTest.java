package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.loss.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a metric of the wrong quantity, and sums that do not merge. */
class TallyTest {
    private static final long SEED = 20260107;

    @Test
    void auc_is_the_share_of_ordered_pairs_with_ties_half() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 50; trial++) {
            Tally tally = Tally.of(Task.BINARY, 1);
            List<Float> positives = new ArrayList<>();
            List<Float> negatives = new ArrayList<>();
            int spread = random.nextInt(1, 256);
            for (int i = random.nextInt(2, 120); i > 0; i--) {
                boolean positive = random.nextInt(3) == 0;
                float logit = random.nextInt(spread) / 8f - 10 + (positive ? spread / 32f : 0);
                (positive ? positives : negatives).add(logit);
                add(tally, 0.1, positive ? 1 : 0, (float) random.nextDouble(), new float[] {logit}, new float[] {0.5f});
            }
            double wins = 0;
            for (float p : positives) {
                for (float n : negatives) {
                    wins += p > n ? 1 : p == n ? 0.5 : 0;
                }
            }
            Double auc = tally.metrics().get(Metric.AUC);
            if (positives.isEmpty() || negatives.isEmpty()) {
                assertThat(auc).isNull();
            } else {
                assertThat(auc)
                        .as("seed %d, trial %d", SEED, trial)
                        .isCloseTo(wins / positives.size() / negatives.size(), within(1e-12));
            }
        }
    }

    @Test
    void the_sum_for_a_snapshot_has_all_metrics_but_the_auc_of_the_open_window() {
        SplittableRandom random = new SplittableRandom(SEED);
        Tally closed = Tally.of(Task.BINARY, 1);
        Tally window = Tally.of(Task.BINARY, 1);
        addRandom(window, random);
        assertThat(closed.plusSums(window).metrics()).isEqualTo(window.metrics());

        closed.add(window);
        window.clear();
        addRandom(window, random);
        Tally all = closed.copy();
        all.add(window);
        Tally sums = closed.plusSums(window);
        assertThat(sums.sums()).isEqualTo(all.sums());
        assertThat(sums.metrics().get(Metric.AUC))
                .isEqualTo(closed.metrics().get(Metric.AUC))
                .isNotEqualTo(all.metrics().get(Metric.AUC));
    }

    private static void addRandom(Tally tally, SplittableRandom random) {
        for (int i = 0; i < 100; i++) {
            float logit = (float) random.nextDouble(-3, 3);
            add(tally, 0.1, random.nextInt(2), 1, new float[] {logit}, new float[] {0.5f});
        }
    }

    @Test
    void regression_has_mae_rmse_and_the_variance_as_its_baseline() {
        Tally tally = Tally.of(Task.REGRESSION, 1);
        // Errors 1, -2 and 3 with weights 1, 2 and 1; labels 0, 4 and 8.
        add(tally, 1, 0, 1, 1);
        add(tally, 4, 4, 2, 2);
        add(tally, 9, 8, 1, 11);
        Metrics metrics = tally.metrics();
        assertThat(metrics.samples()).isEqualTo(3);
        assertThat(metrics.loss()).isEqualTo((1 + 2 * 4 + 9) / 4.0);
        assertThat(metrics.get(Metric.MAE)).isEqualTo((1 + 2 * 2 + 3) / 4.0);
        assertThat(metrics.get(Metric.RMSE)).isEqualTo(Math.sqrt((1 + 2 * 4 + 9) / 4.0));
        assertThat(metrics.get(Metric.BASELINE_LOSS)).isEqualTo((2 * 16 + 64) / 4.0 - 4 * 4);
        assertThat(metrics.get(Metric.ACCURACY)).isNull();
        assertThat(metrics.get(Metric.LOG_LOSS)).isNull();
        assertThat(metrics.get(Metric.AUC)).isNull();
    }

    @Test
    void two_classes_have_accuracy_log_loss_and_the_entropy_as_their_baseline() {
        Tally tally = Tally.of(Task.BINARY, 1);
        add(tally, 0.2, 1, 3, new float[] {1}, new float[] {0.8f});
        add(tally, 0.9, 0, 1, new float[] {0.4f}, new float[] {0.6f});
        Metrics metrics = tally.metrics();
        assertThat(metrics.get(Metric.ACCURACY)).isEqualTo(0.75);
        assertThat(metrics.loss()).isEqualTo((3 * 0.2 + 0.9) / 4);
        assertThat(metrics.get(Metric.LOG_LOSS)).isEqualTo(metrics.loss());
        assertThat(metrics.get(Metric.BASELINE_LOSS))
                .isCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), within(1e-12));
        assertThat(metrics.get(Metric.AUC)).isEqualTo(1);
        assertThat(metrics.get(Metric.MAE)).isNull();
        assertThat(metrics.get(Metric.RMSE)).isNull();
    }

    @Test
    void many_classes_have_accuracy_log_loss_and_the_entropy_as_their_baseline() {
        Tally tally = Tally.of(Task.MULTICLASS, 3);
        add(tally, 0.5, 0, 1, new float[3], new float[] {0.6f, 0.3f, 0.1f});
        add(tally, 1.5, 2, 2, new float[3], new float[] {0.5f, 0.3f, 0.2f});
        add(tally, 0.1, 2, 1, new float[3], new float[] {0.1f, 0.1f, 0.8f});
        Metrics metrics = tally.metrics();
        assertThat(metrics.samples()).isEqualTo(3);
        assertThat(metrics.get(Metric.ACCURACY)).isEqualTo(0.5);
        assertThat(metrics.get(Metric.LOG_LOSS)).isEqualTo((0.5 + 3 + 0.1) / 4);
        assertThat(metrics.get(Metric.BASELINE_LOSS))
                .isCloseTo(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75), within(1e-12));
        assertThat(metrics.get(Metric.AUC)).isNull();
        assertThat(metrics.get(Metric.MAE)).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"REGRESSION", "BINARY", "MULTICLASS"})
    void merged_halves_equal_the_whole(Task task) {
        SplittableRandom random = new SplittableRandom(SEED);
        int outputs = task == Task.MULTICLASS ? 4 : 1;
        Tally whole = Tally.of(task, outputs);
        Tally first = Tally.of(task, outputs);
        Tally second = Tally.of(task, outputs);
        for (int i = 0; i < 1000; i++) {
            float label = random.nextInt(task == Task.MULTICLASS ? 4 : 2);
            float[] logits = new float[outputs];
            float[] prediction = new float[outputs];
            for (int j = 0; j < outputs; j++) {
                logits[j] = random.nextInt(-12, 12);
                prediction[j] = random.nextInt(8) / 8f;
            }
            // Eighths, so that sums are exact in any order.
            double loss = random.nextInt(64) / 8.0;
            float weight = random.nextInt(16) / 8f;
            add(whole, loss, label, weight, logits, prediction);
            add(i < 400 ? first : second, loss, label, weight, logits, prediction);
        }
        Tally merged = first.copy();
        merged.add(second);
        // All sums are exact except the deviation of labels, which involves a division.
        assertThat(merged.sums())
                .as("seed %d", SEED)
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(whole.sums());
        assertThat(merged.classes()).isEqualTo(whole.classes());
        assertThat(merged.scores()).isEqualTo(whole.scores());
        assertThat(first.samples()).as("the tally that was copied").isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(names = {"REGRESSION", "BINARY", "MULTICLASS"})
    void an_empty_or_cleared_tally_has_metrics_of_0(Task task) {
        int outputs = task == Task.MULTICLASS ? 3 : 1;
        Tally tally = Tally.of(task, outputs);
        Metrics empty = tally.metrics();
        assertThat(empty.samples()).isZero();
        assertThat(empty.loss()).isZero();
        assertThat(empty.get(Metric.BASELINE_LOSS)).isZero();
        assertThat(empty.get(Metric.AUC)).isNull();
        add(tally, 1, 1, 2, new float[outputs], new float[outputs]);
        assertThat(tally.metrics()).isNotEqualTo(empty);
        tally.clear();
        assertThat(tally.metrics()).isEqualTo(empty);
    }

    @Test
    void samples_of_weight_0_count_but_have_no_effect() {
        Tally tally = Tally.of(Task.REGRESSION, 1);
        add(tally, 100, 0, 0, 10);
        assertThat(tally.metrics().samples()).isEqualTo(1);
        assertThat(tally.metrics().loss()).isZero();
        add(tally, 4, 0, 1, 2);
        assertThat(tally.metrics().loss()).isEqualTo(4);
    }

    @Test
    void rejects_sums_of_another_shape() {
        assertThatThrownBy(() ->
                        Tally.restored(Task.BINARY, new double[3], new double[0], new double[0], new ScoreSketch()))
                .hasMessage("sums: 3 (expected: 10)");
        ScoreSketch one = ScoreSketch.of(ScorePoints.of(new int[1], new int[2]));
        assertThatThrownBy(() -> Tally.restored(Task.REGRESSION, new double[10], new double[0], new double[0], one))
                .hasMessage("scores: 1 (expected: none for REGRESSION)");
        assertThatThrownBy(() -> Tally.of(Task.MULTICLASS, 3).add(Tally.of(Task.MULTICLASS, 4)))
                .hasMessage("tally: MULTICLASS of 4 outputs (expected: MULTICLASS of 3 outputs)");
        assertThatThrownBy(() -> Tally.of(Task.REGRESSION, 1).add(Tally.of(Task.BINARY, 1)))
                .hasMessage("tally: BINARY of 1 outputs (expected: REGRESSION of 1 outputs)");
    }

    private static void add(Tally tally, double loss, float label, float weight, float prediction) {
        add(tally, loss, label, weight, new float[] {prediction}, new float[] {prediction});
    }

    private static void add(Tally tally, double loss, float label, float weight, float[] logits, float[] prediction) {
        tally.add(loss, weight, new PredictedSamples(logits.length, new float[] {label}, logits, prediction), 0, 0, 1);
    }
}
