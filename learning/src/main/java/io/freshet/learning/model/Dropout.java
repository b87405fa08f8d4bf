package io.freshet.learning.model;

import io.freshet.learning.math.SplitMix64;

/**
 * Drops units of one layer in an update, each with a given probability, and scales up the others (inverted dropout).
 *
 * <pre>
 *   m  = 0 with probability rate, else 1 / (1 - rate)
 *   y' = m y,   dLoss/dy = m dLoss/dy'
 * </pre>
 *
 * Whether a unit is dropped is a pure function of the seed, the layer, the update, the sample's index in the batch and
 * the unit. A resumed run therefore drops the same units without any stored state. Predictions drop nothing. Pinned by
 * {@code DropoutTest}.
 *
 * @see <a href="https://jmlr.org/papers/v15/srivastava14a.html">Srivastava et al., Dropout, 2014, section 10</a>
 */
final class Dropout {
    private final long seed;
    private final long threshold;
    private final float scale;
    private float[] mask = {};

    /**
     * @param rate in (0, 1)
     * @param layer name of the layer
     */
    Dropout(double rate, long seed, String layer) {
        this.seed = SplitMix64.of(seed, layer + ".dropout").state();
        threshold = (long) (rate * 0x1p32);
        scale = (float) (1 / (1 - rate));
    }

    /**
     * Computes y'.
     *
     * @param width units of the layer
     * @param update number of this update
     * @param first index in the batch of the first row
     */
    void apply(float[] y, float[] dropped, int rows, int width, long update, long first) {
        if (mask.length < rows * width) {
            mask = new float[rows * width];
        }
        long ofUpdate = SplitMix64.at(seed, update);
        for (int row = 0; row < rows; row++) {
            long ofRow = SplitMix64.at(ofUpdate, first + row);
            int at = row * width;
            for (int unit = 0; unit < width; unit++) {
                mask[at + unit] = SplitMix64.at(ofRow, unit) >>> 32 < threshold ? 0 : scale;
            }
        }
        for (int i = 0; i < rows * width; i++) {
            dropped[i] = mask[i] * y[i];
        }
    }

    /** Turns dLoss/dy' into dLoss/dy in place, for the units of the last {@link #apply}. */
    void chain(float[] delta, int length) {
        for (int i = 0; i < length; i++) {
            delta[i] *= mask[i];
        }
    }
}
