package io.freshet.learning.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MagnitudesTest {
    @Test
    void sums_the_magnitudes_of_a_range() {
        SplittableRandom random = new SplittableRandom(7);
        for (int length : new int[] {0, 1, 3, 31, 32, 33, 1_000, 200_704}) {
            float[] x = new float[length + 5];
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextDouble(-1, 1);
                sum += i < 3 || i >= 3 + length ? 0 : Math.abs((double) x[i]);
            }
            assertEquals(sum, Magnitudes.sum(x, 3, length), 1e-4 * sum, "length " + length);
        }
    }

    @Test
    void propagates_nan_and_infinity() {
        for (int bad = 0; bad < 70; bad++) {
            float[] x = new float[70];
            x[bad] = Float.NaN;
            assertTrue(Float.isNaN(Magnitudes.sum(x, 0, 70)), "at " + bad);
            x[bad] = Float.NEGATIVE_INFINITY;
            assertEquals(Float.POSITIVE_INFINITY, Magnitudes.sum(x, 0, 70), "at " + bad);
        }
        assertEquals(Float.POSITIVE_INFINITY, Magnitudes.sum(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, 0, 2));
    }

    @Test
    void rejects_a_range_outside_the_array() {
        for (int[] range : new int[][] {{0, 4}, {2, 2}, {-1, 1}, {0, -1}}) {
            assertThrows(IndexOutOfBoundsException.class, () -> Magnitudes.sum(new float[3], range[0], range[1]));
        }
    }
}
