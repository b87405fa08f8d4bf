package io.freshet.learning.evaluation;

import static io.freshet.learning.evaluation.ScoredSamples.draw;
import static io.freshet.learning.evaluation.ScoredSamples.mean;
import static io.freshet.learning.evaluation.ScoredSamples.over;
import static io.freshet.learning.evaluation.ScoredSamples.sameSide;
import static io.freshet.learning.evaluation.ScoredSamples.tally;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Golden;
import io.freshet.learning.evaluation.ScoredSamples.Scored;
import io.freshet.learning.loss.BoxIou;
import io.freshet.learning.loss.Hinge;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a metric that is wrong for several outputs, and one that depends on how sums are split. */
class TallyOracleTest {
    private static final long SEED = ScoredSamples.SEED;

    @ParameterizedTest
    @CsvSource({"REGRESSION, 1", "REGRESSION, 3", "NUMBER, 1", "NUMBER, 4"})
    void metrics_of_numbers_equal_those_of_two_passes_over_all_samples(Task task, int outputs) {
        List<Scored> samples = draw(task, outputs, outputs, 0);
        Metrics metrics = tally(task, outputs, samples).metrics();
        double[] means = new double[outputs];
        for (int k = 0; k < outputs; k++) {
            int j = k;
            means[k] = mean(samples, sample -> sample.label()[j]);
        }
        double squared = mean(
                samples, sample -> over(outputs, k -> square((double) sample.prediction()[k] - sample.label()[k])));
        double variance = mean(samples, sample -> over(outputs, k -> square(sample.label()[k] - means[k])));
        double predicted = mean(samples, sample -> over(outputs, k -> sample.prediction()[k]));
        close(metrics.loss(), mean(samples, Scored::loss));
        close(
                metrics.get(Metric.MAE),
                mean(samples, s -> over(outputs, k -> Math.abs((double) s.prediction()[k] - s.label()[k]))));
        close(metrics.get(Metric.RMSE), Math.sqrt(squared));
        close(metrics.get(Metric.R2), 1 - squared / variance);
        close(
                metrics.get(Metric.CALIBRATION),
                predicted / Arrays.stream(means).average().orElseThrow());
        assertThat(metrics.get(Metric.ACCURACY)).isNull();
        assertThat(metrics.get(Metric.LOG_LOSS)).isNull();
        assertThat(metrics.get(Metric.AUC)).isNull();
        assertThat(metrics.get(Metric.IOU)).isNull();
        if (task == Task.REGRESSION) {
            close(metrics.get(Metric.BASELINE_LOSS), variance);
        } else {
            assertThat(metrics.get(Metric.BASELINE_LOSS)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void metrics_of_independent_labels_are_means_over_the_labels(int outputs) {
        List<Scored> samples = draw(Task.BINARY, outputs, outputs, 0);
        Metrics metrics = tally(Task.BINARY, outputs, samples).metrics();
        double entropy = over(outputs, k -> {
            double p = mean(samples, sample -> sample.label()[k]);
            return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
        });
        double labels = mean(samples, sample -> over(outputs, k -> sample.label()[k]));
        double predicted = mean(samples, sample -> over(outputs, k -> sample.prediction()[k]));
        close(metrics.get(Metric.ACCURACY), mean(samples, sample -> over(outputs, k -> sameSide(sample, k))));
        close(metrics.get(Metric.BASELINE_LOSS), entropy);
        close(metrics.get(Metric.CALIBRATION), predicted / labels);
        close(metrics.get(Metric.LOG_LOSS), mean(samples, Scored::loss));
        closeArea(metrics.get(Metric.AUC), auc(samples), 0.002);
    }

    /** Searches all constants on a grid that includes -1 and 1, with the loss itself. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void the_baseline_of_margins_is_the_hinge_loss_of_the_best_constants(int outputs) {
        List<Scored> samples = draw(Task.MARGIN, outputs, outputs, 0);
        Metrics metrics = tally(Task.MARGIN, outputs, samples).metrics();
        double best = over(outputs, k -> {
            double least = Double.MAX_VALUE;
            for (float constant = -2; constant <= 2; constant += 0.125f) {
                float[] z = {constant};
                least = Math.min(
                        least,
                        mean(
                                samples,
                                sample -> new Hinge()
                                        .evaluate(
                                                new OutputArrays(z, new float[1], new float[1]),
                                                0,
                                                1,
                                                sample.label(),
                                                k)));
            }
            return least;
        });
        close(metrics.get(Metric.BASELINE_LOSS), best);
        close(metrics.get(Metric.ACCURACY), mean(samples, sample -> over(outputs, k -> sameSide(sample, k))));
        closeArea(metrics.get(Metric.AUC), auc(samples), 0.002);
        assertThat(metrics.get(Metric.LOG_LOSS)).isNull();
        assertThat(metrics.get(Metric.CALIBRATION)).isNull();
    }

    @Test
    void the_baseline_of_distributions_is_the_entropy_of_their_mean() {
        int outputs = 4;
        List<Scored> samples = draw(Task.MULTICLASS, outputs, outputs, 0);
        Metrics metrics = tally(Task.MULTICLASS, outputs, samples).metrics();
        double entropy = outputs
                * over(outputs, k -> {
                    double p = mean(samples, sample -> sample.label()[k]);
                    return -p * Math.log(p);
                });
        close(metrics.get(Metric.BASELINE_LOSS), entropy);
        close(
                metrics.get(Metric.ACCURACY),
                mean(samples, s -> likeliest(s.label(), 0, 4) == likeliest(s.prediction(), 0, 4) ? 1 : 0));
        close(metrics.get(Metric.LOG_LOSS), mean(samples, Scored::loss));
    }

    @Test
    void metrics_of_masks_are_the_share_of_correct_elements_and_the_mean_iou() {
        int outputs = 6;
        List<Scored> samples = draw(Task.MASK, outputs, outputs, 0);
        Metrics metrics = tally(Task.MASK, outputs, samples).metrics();
        double overlap = mean(samples, sample -> {
            double both = over(outputs, k -> sample.label()[k] >= 0.5f && sample.prediction()[k] >= 0.5f ? 1 : 0);
            double either = over(outputs, k -> sample.label()[k] >= 0.5f || sample.prediction()[k] >= 0.5f ? 1 : 0);
            return either == 0 ? 1 : both / either;
        });
        close(metrics.get(Metric.IOU), overlap);
        close(metrics.get(Metric.ACCURACY), mean(samples, sample -> over(outputs, k -> sameSide(sample, k))));
        assertThat(metrics.get(Metric.BASELINE_LOSS)).isNull();
        assertThat(metrics.get(Metric.AUC)).isNull();
    }

    @Test
    void the_iou_of_boxes_is_1_minus_their_loss() {
        List<Scored> samples = draw(Task.BOX, 4, 4, 0);
        Metrics metrics = tally(Task.BOX, 4, samples).metrics();
        double overlap = mean(
                samples,
                sample -> 1
                        - new BoxIou()
                                .evaluate(
                                        new OutputArrays(sample.prediction(), new float[4], new float[4]),
                                        0,
                                        4,
                                        sample.label(),
                                        0));
        close(metrics.get(Metric.IOU), overlap);
        assertThat(overlap).isGreaterThan(0.01);
        assertThat(metrics.get(Metric.ACCURACY)).isNull();
    }

    @Test
    void sequences_are_weighted_by_their_steps() {
        int outputs = 3;
        List<Scored> samples = draw(Task.SEQUENCE, outputs, 5, 0);
        Metrics metrics = tally(Task.SEQUENCE, outputs, samples).metrics();
        double right = 0;
        double steps = 0;
        double loss = 0;
        double[] classes = new double[outputs];
        for (Scored sample : samples) {
            for (int t = 0; t < sample.label().length; t++) {
                double weight = sample.weight() / sample.label().length;
                boolean hit = likeliest(sample.prediction(), t * outputs, outputs) == (int) sample.label()[t];
                right += hit ? weight : 0;
                classes[(int) sample.label()[t]] += weight;
                steps += weight;
                loss += weight * sample.loss();
            }
        }
        double entropy = 0;
        for (double ofClass : classes) {
            entropy -= ofClass / steps * Math.log(ofClass / steps);
        }
        close(metrics.get(Metric.ACCURACY), right / steps);
        close(metrics.get(Metric.BASELINE_LOSS), entropy);
        close(metrics.get(Metric.LOG_LOSS), loss / steps);
        assertThat(metrics.samples()).isEqualTo(samples.size());
    }

    @ParameterizedTest
    @EnumSource(Task.class)
    void parts_merged_in_any_order_have_the_same_metrics(Task task) {
        int outputs = task == Task.BOX ? 4 : 3;
        List<Scored> samples = draw(task, outputs, task == Task.SEQUENCE ? 5 : outputs, 100);
        Tally whole = tally(task, outputs, samples);
        Tally merged = tally(task, outputs, samples.subList(700, samples.size()));
        merged.add(Tally.of(task, outputs));
        merged.add(tally(task, outputs, samples.subList(0, 90)));
        merged.add(tally(task, outputs, samples.subList(90, 700)));
        assertThat(merged.samples()).isEqualTo(whole.samples());
        assertSame(merged.metrics(), whole.metrics());
        Tally fromEmpty = Tally.of(task, outputs);
        fromEmpty.add(whole);
        assertThat(fromEmpty.metrics()).isEqualTo(whole.metrics());
    }

    /** Labels near a million that differ by an eighth, as times or prices may. */
    @Test
    void r2_is_accurate_far_from_0() {
        Tally tally = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < 1000; i++) {
            float label = 1e6f + i % 2 / 8f;
            float[] prediction = {1e6f};
            tally.add(0, 1, new PredictedSamples(1, new float[] {label}, prediction, prediction), 0, 0, 1);
        }
        // Variance 1/256, mean squared error 1/128.
        Golden.assertClose(r2(tally), -1, 1e-6, 0, "R2");
    }

    private static double r2(Tally tally) {
        Double r2 = tally.metrics().get(Metric.R2);
        return r2 == null ? Double.NaN : r2;
    }

    private static double auc(List<Scored> samples) {
        double wins = 0;
        double pairs = 0;
        for (Scored a : samples) {
            for (int j = 0; j < a.label().length; j++) {
                for (Scored b : samples) {
                    for (int k = 0; k < b.label().length; k++) {
                        if (a.label()[j] >= 0.5f && b.label()[k] < 0.5f) {
                            wins += a.logits()[j] > b.logits()[k] ? 1 : a.logits()[j] == b.logits()[k] ? 0.5 : 0;
                            pairs++;
                        }
                    }
                }
            }
        }
        return wins / pairs;
    }

    private static double square(double number) {
        return number * number;
    }

    private static int likeliest(float[] numbers, int from, int count) {
        int best = from;
        for (int j = from; j < from + count; j++) {
            best = numbers[j] > numbers[best] ? j : best;
        }
        return best - from;
    }

    private static void assertSame(Metrics actual, Metrics expected) {
        close(actual.loss(), expected.loss());
        close(actual.get(Metric.BASELINE_LOSS), expected.get(Metric.BASELINE_LOSS));
        close(actual.get(Metric.ACCURACY), expected.get(Metric.ACCURACY));
        close(actual.get(Metric.LOG_LOSS), expected.get(Metric.LOG_LOSS));
        closeArea(actual.get(Metric.AUC), expected.get(Metric.AUC), 0.002);
        close(actual.get(Metric.MAE), expected.get(Metric.MAE));
        close(actual.get(Metric.RMSE), expected.get(Metric.RMSE));
        close(actual.get(Metric.R2), expected.get(Metric.R2));
        close(actual.get(Metric.CALIBRATION), expected.get(Metric.CALIBRATION));
        close(actual.get(Metric.IOU), expected.get(Metric.IOU));
        close(actual.get(Metric.PRECISION), expected.get(Metric.PRECISION));
        close(actual.get(Metric.RECALL), expected.get(Metric.RECALL));
        close(actual.get(Metric.F1), expected.get(Metric.F1));
        closeArea(actual.get(Metric.PR_AUC), expected.get(Metric.PR_AUC), 0.005);
    }

    /** The area under a curve is an approximation once there are many scores. */
    private static void closeArea(Double actual, Double expected, double tolerance) {
        if (expected == null) {
            assertThat(actual).isNull();
        } else {
            assertThat(actual).as("seed %d", SEED).isCloseTo(expected, within(tolerance));
        }
    }

    private static void close(Double actual, Double expected) {
        if (actual == null || expected == null) {
            assertThat(actual).isEqualTo(expected);
        } else {
            assertThat(actual).isFinite();
            Golden.assertClose(actual, expected, 1e-9, 1e-12, "seed " + SEED);
        }
    }
}
