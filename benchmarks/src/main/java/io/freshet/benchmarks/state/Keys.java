package io.freshet.benchmarks.state;

import java.io.Serializable;

/**
 * Which key a sample has.
 *
 * @param count of keys
 * @param draw how often each comes
 */
record Keys(int count, Draw draw) implements Serializable {
    /** Shuffles keys, so that those that come often do not stand side by side; no count in use is a multiple of it. */
    private static final long STRIDE = 7919;

    enum Draw {
        /** All equally often. */
        EVEN,
        /** The k-th in proportion to 1 / k (Zipf's law). */
        ZIPF
    }

    /** Returns the key, in [0, count), of a number in [0, 1). */
    int key(double random) {
        return switch (draw) {
            case EVEN -> (int) (random * count);
            // The integral of 1 / k is log k: so log k is spread evenly.
            case ZIPF -> (int) ((long) Math.pow(count + 1.0, random) * STRIDE % count);
        };
    }
}
