package io.freshet.learning.optimizer;

/**
 * A copy of some coordinates in which parameters, gradient and slots are separate arrays with the same index.
 *
 * <p>The JIT compiler vectorizes loops over such arrays, but not loops over an array with unknown distances. Copying
 * coordinates here tile by tile costs less than it gains: Adam takes 0.7 ns per coordinate this way, 2.4 ns in place,
 * and 0.3 ns on arrays that need no copy. A tile fits in the first-level cache.
 */
final class Tile {
    static final int LENGTH = 512;

    /** From this row width on, a tile per row is faster than scattered coordinates. */
    static final int MINIMUM_ROW_WIDTH = 48;

    final float[] theta = new float[LENGTH];
    final float[] gradient = new float[LENGTH];
    /** Slot 0 of each parameter. */
    final float[] first = new float[LENGTH];
    /** Slot 1 of each parameter. */
    final float[] second = new float[LENGTH];

    private final float[][] parts = {theta, first, second};

    /**
     * Returns the array of a part: 0 for the parameters, 1 for slot 0, 2 for slot 1; an arbitrary array if the slot does not exist.
     */
    static float[] arrayOf(float[][] state, int part) {
        return state[Math.min(part, state.length - 1)];
    }

    void load(float[][] state, int slot, int slots, int from, int count) {
        for (int part = 0; part <= slots; part++) {
            System.arraycopy(arrayOf(state, part), from + part * slot, parts[part], 0, count);
        }
    }

    void store(float[][] state, int slot, int slots, int from, int count) {
        for (int part = 0; part <= slots; part++) {
            System.arraycopy(parts[part], 0, arrayOf(state, part), from + part * slot, count);
        }
    }

    /** Copies scattered coordinates into the tile. */
    void gather(float[][] state, int slots, int[] coordinates, int at, int count) {
        for (int part = 0; part <= slots; part++) {
            float[] from = state[part];
            float[] to = parts[part];
            for (int i = 0; i < count; i++) {
                to[i] = from[coordinates[at + i]];
            }
        }
    }

    /** Copies the tile back to the coordinates of {@link #gather}. */
    void scatter(float[][] state, int slots, int[] coordinates, int at, int count) {
        for (int part = 0; part <= slots; part++) {
            float[] from = parts[part];
            float[] to = state[part];
            for (int i = 0; i < count; i++) {
                to[coordinates[at + i]] = from[i];
            }
        }
    }
}
