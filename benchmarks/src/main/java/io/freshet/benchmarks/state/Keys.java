package io.freshet.benchmarks.state;

import java.io.Serializable;

/**
 * Draws the key of a sample.
 *
 * @param count number of keys
 * @param draw distribution of the keys
 */
record Keys(int count, Draw draw) implements Serializable {
    /** Scatters the frequent keys; no count in use is a multiple of it. */
    private static final long STRIDE = 7919;

    enum Draw {
        /** Uniform. */
        EVEN,
        /** The k-th key in proportion to 1 / k (Zipf's law). */
        ZIPF
    }

    /** Returns the key, in [0, count), for a random number in [0, 1). */
    int key(double random) {
        return switch (draw) {
            case EVEN -> (int) (random * count);
            // The integral of 1 / k is log k, so log k is uniform.
            case ZIPF -> (int) ((long) Math.pow(count + 1.0, random) * STRIDE % count);
        };
    }
}
