package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an AUC or PR-AUC that depends on the scale of the scores or on how rare a class is, and counts that are lost. */
class ScoreSketchTest {
    private static final long SEED = 41;
    private static final int WINDOW = 1000;

    private interface Draw {
        double score(SplittableRandom random, boolean positive);
    }

    @ParameterizedTest
    @CsvSource({"0.001", "0.01", "0.1", "1", "10", "30"})
    void areas_are_exact_for_scores_of_any_width(double deviation) {
        for (double center : new double[] {0, -13.8, 5}) {
            for (double distance : new double[] {0, 1, 3}) {
                check(
                        0.3,
                        50_000,
                        (random, positive) -> center + deviation * (random.nextGaussian() + (positive ? distance : 0)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0.01, 200000", "0.0001, 500000", "0.00001, 1000000"})
    void areas_are_exact_for_a_rare_class(double rate, int samples) {
        check(rate, samples, (random, positive) -> -13.8 + 0.5 * (random.nextGaussian() + (positive ? 1 : 0)));
    }

    /** A rare class that is found well, as in fraud: precision falls from 1 within the highest thousandth of the scores. */
    @ParameterizedTest
    @CsvSource({"0.01, 200000", "0.001, 500000", "0.0001, 1000000"})
    void areas_are_exact_for_a_rare_class_that_is_found(double rate, int samples) {
        for (double distance : new double[] {2, 3, 4}) {
            check(rate, samples, (random, positive) -> random.nextGaussian() + (positive ? distance : 0));
        }
    }

    @Test
    void areas_are_exact_for_hinge_scores_up_to_90() {
        check(
                0.5,
                200_000,
                (random, positive) -> 90 * (positive ? 1 - 1.5 * random.nextDouble() : random.nextDouble() - 1));
    }

    @Test
    void areas_are_exact_for_tied_scores() {
        check(0.3, 200_000, (random, positive) -> random.nextInt(50) / 8.0 + (positive ? 1 : 0));
    }

    /** Checks AUC to 0.002 and PR-AUC to 0.005, of one sketch, and of windows merged into another. */
    private static void check(double rate, int samples, Draw draw) {
        SplittableRandom random = new SplittableRandom(SEED);
        ScoreSketch whole = new ScoreSketch();
        ScoreSketch window = new ScoreSketch();
        ScoreSketch merged = new ScoreSketch();
        long[] sorted = new long[samples];
        for (int i = 0; i < samples; i++) {
            boolean positive = random.nextDouble() < rate;
            float score = (float) draw.score(random, positive);
            sorted[i] = 2L * ScoreSketch.key(score) + (positive ? 1 : 0);
            whole.add(positive, score);
            window.add(positive, score);
            if (i % WINDOW == WINDOW - 1) {
                merged.addAll(window);
                window.clear();
            }
        }
        Arrays.sort(sorted);
        double exact = auc(sorted);
        assertThat(whole.auc()).as("seed %d", SEED).isCloseTo(exact, within(0.002));
        assertThat(merged.auc()).as("seed %d, merged", SEED).isCloseTo(exact, within(0.002));
        double exactPrAuc = prAuc(sorted);
        assertThat(whole.prAuc()).as("seed %d, PR-AUC", SEED).isCloseTo(exactPrAuc, within(0.005));
        assertThat(merged.prAuc()).as("seed %d, PR-AUC, merged", SEED).isCloseTo(exactPrAuc, within(0.005));
        assertThat(whole.points().size()).isLessThanOrEqualTo(ScorePoints.MOST);
        assertThat(merged.points().size()).isLessThanOrEqualTo(ScorePoints.MOST);
    }

    private static double auc(long[] sorted) {
        double below = 0;
        double positives = 0;
        double wins = 0;
        for (int from = 0, to = 0; from < sorted.length; from = to) {
            double[] tied = new double[2];
            for (; to < sorted.length && sorted[to] >> 1 == sorted[from] >> 1; to++) {
                tied[(int) (sorted[to] & 1)]++;
            }
            wins += tied[1] * (below + tied[0] / 2);
            below += tied[0];
            positives += tied[1];
        }
        return wins / below / positives;
    }

    /** The mean over the positives of the precision at their score, as a threshold. */
    private static double prAuc(long[] sorted) {
        double above = 0;
        double positives = 0;
        double sum = 0;
        for (int to = sorted.length, from = to; to > 0; to = from) {
            double tied = 0;
            for (; from > 0 && sorted[from - 1] >> 1 == sorted[to - 1] >> 1; from--) {
                tied += sorted[from - 1] & 1;
            }
            above += to - from;
            positives += tied;
            sum += tied * positives / above;
        }
        return sum / positives;
    }

    @Test
    void no_sample_is_lost_while_points_are_added_and_merged() {
        SplittableRandom random = new SplittableRandom(SEED);
        ScoreSketch sketch = new ScoreSketch();
        for (int i = 1; i <= 20_000; i++) {
            // Drifts, so that points are merged all the time.
            sketch.add(random.nextInt(3) == 0, i + (float) random.nextDouble(-100, 100));
            assertThat(sketch.points().size()).isLessThanOrEqualTo(ScorePoints.MOST);
        }
        ScorePoints points = sketch.points();
        long negatives = 0;
        long positives = 0;
        for (int i = 0; i < points.size(); i++) {
            negatives += points.negativesAt(i);
            positives += points.positivesAt(i);
            assertThat(i == 0 || points.keyAt(i - 1) < points.keyAt(i)).isTrue();
        }
        assertThat(negatives + positives).isEqualTo(20_000);
        assertThat(sketch)
                .hasToString("%d points, %d negatives, %d positives".formatted(points.size(), negatives, positives));
        assertThat(sketch.copy()).isEqualTo(sketch);
    }

    @Test
    void infinite_scores_are_below_and_above_all_others() {
        ScoreSketch sketch = new ScoreSketch();
        for (float score : new float[] {-1e38f, Float.NEGATIVE_INFINITY, -0f}) {
            sketch.add(false, score);
        }
        for (float score : new float[] {1e38f, Float.POSITIVE_INFINITY, 0}) {
            sketch.add(true, score);
        }
        assertThat(sketch.points().size()).isEqualTo(5);
        assertThat(sketch.auc()).isEqualTo(8.5 / 9);
    }

    @Test
    void a_key_has_the_order_of_its_score() {
        float[] scores = {-Float.MAX_VALUE, -90, -1, -1e-30f, 0, 1e-30f, 0.5f, 1, 90, Float.MAX_VALUE};
        for (int i = 0; i < scores.length; i++) {
            assertThat(i == 0 || ScoreSketch.key(scores[i - 1]) < ScoreSketch.key(scores[i]))
                    .isTrue();
            float same = ScoreSketch.score(ScoreSketch.key(scores[i]));
            assertThat(same).isCloseTo(scores[i], within(2 * Math.ulp(scores[i])));
            assertThat(ScoreSketch.key(same)).isEqualTo(ScoreSketch.key(scores[i]));
        }
    }

    /** At 100,000 samples per second, 2^31 arrive within six hours; no count may overflow. */
    @Test
    void auc_survives_2_to_the_31_samples() {
        int[] keys = {ScoreSketch.key(-1), ScoreSketch.key(0), ScoreSketch.key(1)};
        int[] counts = {Integer.MAX_VALUE - 1, 0, 1, Integer.MAX_VALUE / 2, 0, Integer.MAX_VALUE / 2};
        ScoreSketch sketch = ScoreSketch.of(ScorePoints.of(keys, counts));
        ScoreSketch other = sketch.copy();
        for (int i = 0; i < 4; i++) {
            sketch.add(false, -1);
            sketch.add(true, i % 2);
        }
        assertThat(sketch.points().negativesAt(0)).isBetween(1 << 30, (1 << 30) + 4);
        assertThat(sketch.points().negativesAt(1)).as("the only one at 0").isOne();
        assertThat(sketch.auc()).isCloseTo(1, within(1e-6));
        sketch.addAll(other);
        sketch.addAll(other);
        assertThat(sketch.auc()).isCloseTo(1, within(1e-6));
        assertThat(sketch.points().positivesAt(1)).isCloseTo(sketch.points().positivesAt(2), within(9));
        assertThatThrownBy(() -> ScorePoints.of(new int[] {1, 2}, new int[] {Integer.MAX_VALUE, 0, 1, 0}))
                .hasMessage("counts: 2147483648 of a class (expected: at most 2^31 - 1)");
    }

    @Test
    void a_sketch_is_small_until_it_is_used() {
        ScoreSketch sketch = new ScoreSketch();
        assertThat(sketch.points().size()).isZero();
        assertThat(sketch.auc()).isNull();
        sketch.add(true, 1);
        assertThat(sketch.auc()).isNull();
        sketch.clear();
        assertThat(sketch).isEqualTo(new ScoreSketch());
    }

    /** Most keys of a keyed model have few samples, and must not pay for those that have many. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 300})
    void a_sketch_of_few_samples_takes_few_bytes(int samples) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        ScoreSketch sketch = filled(samples);
        long before = threads.getThreadAllocatedBytes(thread);
        sketch = filled(samples);
        // Half of it is garbage: the arrays double.
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(16L * samples + 300);
        assertThat(sketch.latest()).hasSize(samples);
    }

    private static ScoreSketch filled(int samples) {
        ScoreSketch sketch = new ScoreSketch();
        for (int i = 0; i < samples; i++) {
            sketch.add(i % 2 == 0, i);
        }
        return sketch;
    }

    @Test
    void rejects_inconsistent_points() {
        assertThatThrownBy(() -> ScorePoints.of(new int[1], new int[1])).hasMessage("counts: 1 (expected: 2)");
        assertThatThrownBy(() -> ScorePoints.of(new int[1], new int[] {0, -1}))
                .hasMessage("counts: -1 (expected: at least 0)");
        int one = ScoreSketch.key(1);
        assertThatThrownBy(() -> ScorePoints.of(new int[] {one, one}, new int[4]))
                .hasMessage("scores: 1.0 before 1.0 (expected: ascending)");
    }
}
