package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch buckets merged or dropped in the wrong order, a missing cut, and a variance that drifts. */
class AdwinTest {
    private static final long SEED = 20260111;

    /** A reference that stores every value of the window and computes every cut from scratch. */
    private static final class NaiveAdwin {
        private final double delta;
        private final int clock;
        private final List<Double> values = new ArrayList<>();
        /** Sizes of the buckets, oldest first; their sum is the count of values. */
        private final List<Integer> sizes = new ArrayList<>();

        private int seen;

        NaiveAdwin(double delta, int clock) {
            this.delta = delta;
            this.clock = clock;
        }

        boolean update(double value) {
            values.add(value);
            sizes.add(1);
            for (int size = 1; sizes.lastIndexOf(size) - sizes.indexOf(size) == 5; size *= 2) {
                int oldest = sizes.indexOf(size);
                sizes.remove(oldest);
                sizes.set(oldest, 2 * size);
            }
            seen++;
            boolean detected = false;
            while (seen % clock == 0 && values.size() > 10 && anyCut()) {
                values.subList(0, sizes.remove(0)).clear();
                detected = true;
            }
            return detected;
        }

        private boolean anyCut() {
            double mean = mean(values);
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            double variance = squares / values.size();
            int edge = 0;
            for (int size : sizes) {
                edge += size;
                if (edge >= 5 && values.size() - edge >= 5 && cut(edge, variance)) {
                    return true;
                }
            }
            return false;
        }

        private boolean cut(int edge, double variance) {
            int n = values.size();
            double confidence = Math.log(2 * Math.log(n) / delta);
            double m = 1.0 / (edge - 4) + 1.0 / (n - edge - 4);
            double epsilon = Math.sqrt(2 * m * variance * confidence) + 2 * confidence * m / 3;
            return Math.abs(mean(values.subList(0, edge)) - mean(values.subList(edge, n))) > epsilon;
        }

        private static double mean(List<Double> some) {
            double sum = 0;
            for (double value : some) {
                sum += value;
            }
            return sum / some.size();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.002, 32, 400, 1",
        "0.1, 32, 400, 1",
        "0.3, 7, 400, 1",
        "0.05, 1, 400, 1",
        "0.9, 1, 20, 1000",
        "0.3, 1, 100, 1000"
    })
    void equals_a_reference_that_stores_all_values(double delta, int clock, int stay, double scale) {
        SplittableRandom random = new SplittableRandom(SEED);
        Adwin adwin = new Adwin(delta, clock, 32);
        NaiveAdwin naive = new NaiveAdwin(delta, clock);
        int detections = 0;
        double level = 0.5;
        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(stay) == 0) {
                level = random.nextDouble();
            }
            double share = i / 1_000 % 2 == 0 ? level + 0.2 * random.nextDouble() : random.nextDouble() < level ? 1 : 0;
            double value = scale * share;
            boolean detected = adwin.update(value);
            assertThat(detected).as("seed %d, value %d", SEED, i).isEqualTo(naive.update(value));
            assertThat(adwin.width()).as("width at %d", i).isEqualTo(naive.values.size());
            assertThat(adwin.mean())
                    .as("mean at %d", i)
                    .isCloseTo(NaiveAdwin.mean(naive.values), within(1e-12 * scale));
            detections += detected ? 1 : 0;
        }
        assertThat(detections).isGreaterThan(3);
    }

    @Test
    void detects_a_rise_and_a_fall_of_a_rate_within_100_values() {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Adwin adwin = new Adwin();
            feed(adwin, random, 0.2, 1_000);
            assertThat(feed(adwin, random, 0.8, 100)).as("rise, seed %d", seed).isPositive();
            feed(adwin, random, 0.8, 1_000);
            assertThat(adwin.mean()).as("mean after the rise, seed %d", seed).isCloseTo(0.8, within(0.06));
            assertThat(feed(adwin, random, 0.2, 100)).as("fall, seed %d", seed).isPositive();
        }
    }

    /** Delta bounds the probability at each of the 3,125 checks, so at most 6.25 alarms are expected. */
    @Test
    void raises_no_more_false_alarms_than_delta_allows() {
        for (long seed = 0; seed < 10; seed++) {
            int alarms = feed(new Adwin(), new SplittableRandom(seed), 0.2, 100_000);
            System.out.println("seed " + seed + ": " + alarms + " false alarms in 100,000 values");
            assertThat(alarms).as("seed %d", seed).isLessThanOrEqualTo(6);
        }
    }

    @Test
    void a_window_that_outgrows_its_rows_drops_its_oldest_values() {
        Adwin adwin = new Adwin(1e-9, 32, 4);
        for (int i = 0; i < 10_000; i++) {
            adwin.update(i % 2);
            assertThat(adwin.width()).isLessThanOrEqualTo(5 * 15 + 8);
        }
        assertThat(adwin.width()).isGreaterThan(5 * 8);
        assertThat(adwin.mean()).isCloseTo(0.5, within(0.02));
        assertThat(adwin.state()).hasSizeLessThanOrEqualTo(1 + 4 * 11);
    }

    @Test
    void values_that_are_not_finite_or_too_large_change_nothing() {
        Adwin adwin = new Adwin();
        adwin.update(0.5);
        double[] before = adwin.state();
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1.1e100}) {
            assertThat(adwin.update(bad)).isFalse();
        }
        assertThat(adwin.state()).containsExactly(before);
        assertThat(new Adwin().mean()).isEqualTo(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            2.0;   32; 32; delta: 2.0 (expected: in (0, 1))
            0.0;   32; 32; delta: 0.0 (expected: in (0, 1))
            NaN;   32; 32; delta: NaN (expected: in (0, 1))
            0.002; 0;  32; clock: 0 (expected: at least 1)
            0.002; 32; 41; rows: 41 (expected: in [2, 40])
            0.002; 32; 1;  rows: 1 (expected: in [2, 40])
            """)
    void rejects_invalid_settings(double delta, int clock, int rows, String message) {
        assertThatThrownBy(() -> new Adwin(delta, clock, rows)).hasMessage(message);
    }

    private static int feed(Adwin adwin, SplittableRandom random, double rate, int count) {
        int detections = 0;
        for (int i = 0; i < count; i++) {
            detections += adwin.update(random.nextDouble() < rate ? 1 : 0) ? 1 : 0;
        }
        return detections;
    }
}
