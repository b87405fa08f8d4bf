package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Golden;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch a variance lost to cancellation, a sample variance instead of the population's, and an exploding early z.
 */
class MomentsTest {
    private static final long SEED = 20260105;

    @Test
    void mean_variance_and_z_equal_those_of_two_passes() {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] centres = {0, -7, 1e6, 1.7e9};
        double[] spreads = {1, 1e-3, 50, 1000};
        int n = 5000;
        double[][] x = new double[n][centres.length];
        double[] moments = Moments.start(centres.length);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < centres.length; j++) {
                x[i][j] = centres[j] + spreads[j] * random.nextDouble(-1, 1);
            }
            float[] z = new float[centres.length];
            standardize(moments, x[i], z, 0);
            keep(moments, x[i]);
            if (i % 97 == 1) {
                for (int j = 0; j < centres.length; j++) {
                    String what = "seed " + SEED + ", sample " + i + ", feature " + j;
                    double mean = mean(x, i + 1, j);
                    double variance = variance(x, i + 1, j, mean);
                    Golden.assertClose(moments[1 + 2 * j], mean, 1e-12, 1e-12, "mean, " + what);
                    Golden.assertClose(moments[2 + 2 * j] / moments[0], variance, 1e-9, 0, "variance, " + what);
                    Golden.assertClose(z[j], (x[i][j] - mean) / Math.sqrt(variance), 1e-5, 1e-6, "z, " + what);
                }
            }
        }
        assertThat(moments[0]).isEqualTo(n);
    }

    @Test
    void a_number_without_moments_has_no_mean() {
        double[] moments = {3, 7.5, 1};

        assertThat(new Standardizer(1, true, new boolean[0], Moments.EXACT).mean(moments, 0))
                .isEqualTo(7.5);
        assertThat(new Standardizer(1, false, new boolean[0], Moments.EXACT).mean(new double[1], 0))
                .isNaN();
    }

    /** The mean used to stop just short of the number, and the difference became its variance. */
    @ParameterizedTest
    @CsvSource({
        "0.99, 0.3, 1",
        "0.99, 1000000.1, 1",
        "0.9, -7.7, 1",
        "0.999, 1e-9, 1",
        "0.99, 0.3, 0.5",
        "0.9, 7.7, 0.01"
    })
    void a_number_that_stays_the_same_goes_to_0_by_weighted_moments(double decay, double x, float weight) {
        Standardizer standardizer = new Standardizer(1, true, new boolean[0], decay);
        double[] moments = standardizer.start();
        SplittableRandom random = new SplittableRandom(SEED);
        float[] z = new float[1];
        for (int i = 0; i < 200_000; i++) {
            double value = i < 1000 ? x * random.nextDouble() : x;
            Sample sample = weighted(new double[] {value}, weight);
            standardizer.write(moments, sample, z, 0);
            standardizer.keep(moments, sample);
            if (i > 1000 + 20 / (1 - decay) / weight) {
                assertThat(Math.abs(z[0])).as("at %d", i).isLessThan(0.01f);
            }
        }
        assertThat(z[0]).isZero();
    }

    /** Its mean and variance used to stay subnormal for tens of thousands of samples, and z to be a subnormal float before. */
    @ParameterizedTest
    @CsvSource({"0.9, 1", "0.99, 1", "0.9, 0.5"})
    void weighted_moments_of_a_number_that_stays_0_become_0_and_never_subnormal(double decay, float weight) {
        Standardizer standardizer = new Standardizer(1, true, new boolean[1], decay);
        double[] moments = standardizer.start();
        float[] z = new float[2];
        for (int i = 0; i < 150_000; i++) {
            float[] dense = {i < 100 ? i % 7 : 0};
            Sample.Features features =
                    new Sample.Features(new double[] {dense[0]}, dense, new int[0], new int[0], new float[0]);
            Sample sample = new Sample(features, new float[1], weight, false, new Sample.Position(0, i, 0, 0));
            standardizer.write(moments, sample, z, 0);
            standardizer.keep(moments, sample);
            for (double moment : moments) {
                assertThat(moment == 0 || Math.abs(moment) >= Double.MIN_NORMAL)
                        .as("%s at %d", moment, i)
                        .isTrue();
            }
            for (float number : z) {
                assertThat(number == 0 || Math.abs(number) >= Float.MIN_NORMAL)
                        .as("%s at %d", number, i)
                        .isTrue();
            }
        }
        assertThat(moments[1]).as("mean").isZero();
        assertThat(moments[2]).as("variance").isZero();
    }

    @Test
    void z_is_at_most_the_root_of_the_count_of_previous_samples() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            double[] moments = Moments.start(1);
            float[] z = new float[1];
            for (int n = 1; n <= 30; n++) {
                double[] x = {Math.scalb(random.nextDouble(-1, 1), random.nextInt(-60, 120))};
                standardize(moments, x, z, 0);
                keep(moments, x);
                assertThat((double) Math.abs(z[0]))
                        .as("seed %d, trial %d, n %d", SEED, trial, n)
                        .isLessThanOrEqualTo(Math.sqrt(n - 1) * (1 + 1e-6));
            }
        }
    }

    /** Squares of such numbers underflow; dividing by their root used to give infinity. */
    @Test
    void numbers_whose_squares_underflow_stay_finite() {
        for (double x = 1e-150; x > 0; x *= 0.4) {
            double[] moments = Moments.start(1);
            float[] z = new float[1];
            for (int n = 1; n <= 3; n++) {
                double[] value = {n == 1 ? 0 : n == 2 ? x : -x};
                standardize(moments, value, z, 0);
                keep(moments, value);
                assertThat((double) Math.abs(z[0])).as("x %s, n %d", x, n).isLessThanOrEqualTo(Math.sqrt(n - 1) + 1e-6);
            }
        }
    }

    @Test
    void the_largest_floats_stay_finite() {
        double[] moments = Moments.start(1);
        float[] z = new float[1];
        for (int n = 1; n <= 1000; n++) {
            double[] x = {n % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE};
            standardize(moments, x, z, 0);
            keep(moments, x);
            assertThat(z[0]).isFinite();
        }
        for (double moment : moments) {
            assertThat(moment).isFinite();
        }
    }

    @Test
    void a_constant_is_0_and_so_is_the_first_sample() {
        double[] moments = Moments.start(2);
        float[] z = {9, 9};
        for (int n = 1; n <= 100; n++) {
            double[] x = {0.1, -3e7};
            standardize(moments, x, z, 0);
            keep(moments, x);
            assertThat(z).as("sample %d", n).containsExactly(0, 0);
        }
    }

    @Test
    void standardize_changes_no_moments_and_writes_to_the_given_position() {
        double[] moments = {3, 1, 2, 5, 8};
        double[] before = moments.clone();
        double[] x = {2, 7};
        float[] z = {-1, -1, -1, -1};
        standardize(moments, x, z, 1);
        assertThat(moments).isEqualTo(before);
        assertThat(x).containsExactly(2, 7);
        assertThat(z[0]).isEqualTo(-1);
        assertThat(z[3]).isEqualTo(-1);
        // n' = 4: mean' = 1.25, m2' = 2.75; mean' = 5.5, m2' = 11
        assertThat(z[1]).isEqualTo((float) (0.75 / Math.sqrt(2.75 / 4)));
        assertThat(z[2]).isEqualTo((float) (1.5 / Math.sqrt(11.0 / 4)));
    }

    @ParameterizedTest
    @CsvSource({"1", "0.99", "0.9"})
    void a_sample_of_weight_w_counts_as_w_samples(double decay) {
        Standardizer standardizer = new Standardizer(2, true, new boolean[0], decay);
        double[] weighted = standardizer.start();
        double[] repeated = standardizer.start();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 3000; i++) {
            double[] x = {100 + random.nextGaussian(), random.nextDouble()};
            int weight = i < 200 ? 1 : random.nextInt(4);
            standardizer.keep(weighted, weighted(x, weight));
            for (int copy = 0; copy < weight; copy++) {
                standardizer.keep(repeated, sample(x));
            }
            for (int place = 0; place < weighted.length; place++) {
                String what = "seed " + SEED + ", sample " + i + ", moment " + place;
                Golden.assertClose(weighted[place], repeated[place], 1e-9, 1e-12, what);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "0.99"})
    void weights_below_1_sum_to_one_sample(double decay) {
        Standardizer standardizer = new Standardizer(1, true, new boolean[0], decay);
        double[] parts = standardizer.start();
        double[] whole = standardizer.start();
        for (int i = 0; i < 1000; i++) {
            double[] x = {i % 7};
            standardizer.keep(whole, sample(x));
            for (int part = 0; part < 4; part++) {
                standardizer.keep(parts, weighted(x, i < 200 && part > 0 ? 0 : i < 200 ? 1 : 0.25f));
            }
        }
        for (int place = 0; place < parts.length; place++) {
            Golden.assertClose(parts[place], whole[place], 1e-9, 1e-12, "moment " + place);
        }
    }

    /** A far number of tiny weight must not replace the mean, as one that rounds away otherwise does. */
    @Test
    void a_number_of_tiny_weight_hardly_moves_a_weighted_mean() {
        Standardizer standardizer = new Standardizer(1, true, new boolean[0], 0.99);
        double[] moments = standardizer.start();
        for (int i = 0; i < 1000; i++) {
            standardizer.keep(moments, sample(new double[] {100 + i % 2}));
        }
        double before = moments[1];
        standardizer.keep(moments, weighted(new double[] {150}, 1e-20f));
        Golden.assertClose(moments[1], before, 1e-15, 0, "mean");
    }

    @ParameterizedTest
    @CsvSource({"0.25", "1", "4"})
    void the_deviation_is_that_of_the_weighted_numbers(float weight) {
        Standardizer standardizer = new Standardizer(1, true, new boolean[0], Moments.EXACT);
        double[] moments = standardizer.start();
        assertThat(standardizer.deviation(moments, 0)).isZero();
        standardizer.keep(moments, weighted(new double[] {3}, weight));
        standardizer.keep(moments, weighted(new double[] {7}, weight));
        assertThat(standardizer.deviation(moments, 0)).isEqualTo(2);
    }

    /** Large offsets: a formula that subtracts sums would lose the variance. Some numbers are missing in one part. */
    @Test
    void exact_moments_of_parts_combine_to_those_of_all() {
        SplittableRandom random = new SplittableRandom(SEED);
        boolean[] imputed = {true, false};
        Standardizer standardizer = new Standardizer(true, imputed, 0, new boolean[0], Moments.EXACT);
        double[] all = standardizer.start();
        double[] combined = standardizer.start();
        for (int length : new int[] {0, 1, 100, 3, 5000}) {
            double[] part = standardizer.start();
            double[] other = standardizer.start();
            for (int i = 0; i < length; i++) {
                double first = length == 100 ? Double.NaN : 1.7e9 + random.nextDouble();
                Sample sample = weighted(new double[] {first, -7 + random.nextDouble()}, 0.5f + random.nextInt(2));
                standardizer.keep(all, sample);
                standardizer.keep(i % 2 == 0 ? part : other, sample);
            }
            combined = standardizer.followed(combined, standardizer.pooled(part, other));
        }
        for (int i = 0; i < all.length; i++) {
            Golden.assertClose(combined[i], all[i], 1e-6, 1e-9, "seed " + SEED + ", moment " + i);
        }
    }

    @Test
    void weighted_moments_forget_by_the_samples_that_follow() {
        Standardizer standardizer = new Standardizer(1, true, new boolean[0], 0.99);
        double[] past = constant(standardizer, 10, 1000);
        assertThat(standardizer.followed(past, constant(standardizer, 10, 50))).containsExactly(1050, 10, 0);
        double[] jumped = standardizer.followed(past, constant(standardizer, 20, 100));
        double kept = Math.pow(0.99, 100);
        assertThat(jumped[1]).isCloseTo(10 * kept + 20 * (1 - kept), within(1e-9));
        assertThat(jumped[2]).isCloseTo(100 * kept * (1 - kept), within(1e-9));
        double[] both = standardizer.pooled(constant(standardizer, 10, 300), constant(standardizer, 20, 100));
        assertThat(both[1]).as("by samples").isCloseTo(12.5, within(1e-9));
        assertThat(standardizer.followed(standardizer.start(), both)).isEqualTo(both);
    }

    private static double[] constant(Standardizer standardizer, double x, int count) {
        double[] moments = standardizer.start();
        for (int i = 0; i < count; i++) {
            standardizer.keep(moments, sample(new double[] {x}));
        }
        return moments;
    }

    private static Sample weighted(double[] x, float weight) {
        return Sample.of(x, new int[0], new float[0], 0, weight, new Sample.Position(0, 0, 0, 0));
    }

    private static void standardize(double[] moments, double[] x, float[] z, int at) {
        new Standardizer(x.length, true, new boolean[0], Moments.EXACT).write(moments, sample(x), z, at);
    }

    private static void keep(double[] moments, double[] x) {
        new Standardizer(x.length, true, new boolean[0], Moments.EXACT).keep(moments, sample(x));
    }

    private static Sample sample(double[] x) {
        return weighted(x, 1);
    }

    private static double mean(double[][] x, int n, int j) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[i][j] - x[0][j];
        }
        return x[0][j] + sum / n;
    }

    private static double variance(double[][] x, int n, int j, double mean) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (x[i][j] - mean) * (x[i][j] - mean);
        }
        return sum / n;
    }
}
