package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a missing number that changes its moments, and one that borrows the count of other numbers. */
class MissingNumbersTest {
    private static final long SEED = 20261201;
    private static final int SAMPLES = 2000;
    private static final boolean[] NO_DENSE = {};

    /** Each number alone, without the samples that lack it, is the reference: its z must have the same bits. */
    @ParameterizedTest
    @ValueSource(doubles = {Moments.EXACT, 0.99})
    void a_number_that_is_present_has_the_z_of_the_samples_that_have_it(double decay) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] rates = {0, 0.3, 0.99};
        Standardizer standardizer = new Standardizer(true, new boolean[] {false, true, true}, 0, NO_DENSE, decay);
        Standardizer alone = new Standardizer(1, true, NO_DENSE, decay);
        double[] moments = standardizer.start();
        double[][] momentsAlone = {alone.start(), alone.start(), alone.start()};
        float[] z = new float[3];
        float[] expected = new float[1];
        for (int i = 0; i < SAMPLES; i++) {
            double[] x = numbers(random, rates);
            float weight = random.nextInt(4) / 2f;
            Sample sample = sample(x, weight, i);
            standardizer.write(moments, sample, z, 0);
            standardizer.keep(moments, sample);
            for (int j = 0; j < x.length; j++) {
                String what = "seed " + SEED + ", sample " + i + ", number " + j;
                if (Double.isNaN(x[j])) {
                    assertThat(z[j]).as(what).isZero();
                } else {
                    Sample single = sample(new double[] {x[j]}, weight, i);
                    alone.write(momentsAlone[j], single, expected, 0);
                    alone.keep(momentsAlone[j], single);
                    assertThat(z[j]).as(what).isEqualTo(expected[0]);
                }
            }
        }
    }

    @Test
    void a_missing_number_that_is_not_standardized_is_the_mean_of_those_before_it() {
        Standardizer standardizer = new Standardizer(false, new boolean[] {true, false}, 0, NO_DENSE, Moments.EXACT);
        double[] moments = standardizer.start();
        double[] column = {Double.NaN, 2, 6, Double.NaN, 1, Double.NaN};
        float[] weights = {1, 3, 1, 5, 4, 0};
        float[] expected = {0, 2, 6, 3, 1, 2};
        float[] z = new float[2];
        for (int i = 0; i < column.length; i++) {
            Sample sample = sample(new double[] {column[i], 7}, weights[i], i);
            standardizer.write(moments, sample, z, 0);
            standardizer.keep(moments, sample);
            assertThat(z).as("sample " + i).containsExactly(expected[i], 7);
        }
        assertThat(standardizer.size()).isEqualTo(1);
        assertThat(moments).hasSize(standardizer.length()).startsWith(14, 2).endsWith(8);
    }

    @Test
    void indicators_are_copied_between_the_numbers_and_the_dense_vectors() {
        boolean[] imputed = {true};
        Standardizer standardizer = new Standardizer(true, imputed, 1, new boolean[] {true, false}, Moments.EXACT);
        double[] moments = standardizer.start();
        float[] z = new float[4];
        for (int i = 0; i < 2; i++) {
            Sample sample = new Sample(
                    new Sample.Features(
                            new double[] {Double.NaN, 1},
                            new float[] {3 + 2 * i, 5},
                            new int[0],
                            new int[0],
                            new float[0]),
                    new float[1],
                    1,
                    false,
                    new Sample.Position(0, i, 0, 0));
            standardizer.write(moments, sample, z, 0);
            standardizer.keep(moments, sample);
        }
        assertThat(z).containsExactly(0, 1, 1, 5);
        assertThat(moments).containsExactly(2, 0, 0, 4, 2, 0);
    }

    private static double[] numbers(SplittableRandom random, double[] rates) {
        double[] x = new double[rates.length];
        for (int j = 0; j < x.length; j++) {
            x[j] = random.nextDouble() < rates[j] ? Double.NaN : 10 * j + random.nextDouble();
        }
        return x;
    }

    private static Sample sample(double[] x, float weight, int i) {
        return Sample.of(x, new int[0], new float[0], 0, weight, new Sample.Position(0, i, 0, 0));
    }
}
