package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a count that is lost or moved when the range of logits grows on either side. */
class LogitHistogramTest {
    private static final long SEED = 41;

    @Test
    void counts_like_an_array_of_all_bins() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 300; trial++) {
            LogitHistogram first = new LogitHistogram();
            LogitHistogram second = new LogitHistogram();
            int[] expectedOfFirst = new int[LogitHistogram.LENGTH];
            int[] expectedOfSecond = new int[LogitHistogram.LENGTH];
            addRandom(first, expectedOfFirst, random);
            addRandom(second, expectedOfSecond, random);
            LogitHistogram before = new LogitHistogram(first);
            first.addAll(second);

            assertThat(before.toArray()).as("seed %d, trial %d", SEED, trial).isEqualTo(expectedOfFirst);
            assertThat(second.toArray()).as("seed %d, trial %d", SEED, trial).isEqualTo(expectedOfSecond);
            for (int i = 0; i < expectedOfFirst.length; i++) {
                expectedOfFirst[i] += expectedOfSecond[i];
            }
            assertThat(first.toArray()).as("seed %d, trial %d", SEED, trial).isEqualTo(expectedOfFirst);
            LogitHistogram back = new LogitHistogram(first.toArray());
            assertThat(back.toArray()).isEqualTo(expectedOfFirst);
            assertThat(back.auc()).isEqualTo(first.auc());
            first.clear();
            assertThat(first.toArray()).containsOnly(0);
            assertThat(first.auc()).isNull();
        }
    }

    /** Adds up to 11 samples around a random logit, which may be beyond the bins. */
    private static void addRandom(LogitHistogram histogram, int[] expected, SplittableRandom random) {
        double center = random.nextDouble(-20, 20);
        double spread = random.nextDouble(0.01, 20);
        for (int n = random.nextInt(12); n > 0; n--) {
            float logit = (float) (center + random.nextDouble(-spread, spread));
            boolean positive = random.nextBoolean();
            histogram.add(positive, logit);
            int bin = (int) Math.floor(
                    (logit + LogitHistogram.LOGIT_RANGE) * (LogitHistogram.BINS / (2f * LogitHistogram.LOGIT_RANGE)));
            expected[Math.max(0, Math.min(LogitHistogram.BINS - 1, bin)) + (positive ? LogitHistogram.BINS : 0)]++;
        }
    }
}
