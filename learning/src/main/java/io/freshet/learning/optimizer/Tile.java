package io.freshet.learning.optimizer;

import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;

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

    final Weights weights;
    final float[] gradient = new float[LENGTH];

    /** @param slots of the optimizer */
    Tile(int slots) {
        weights = Weights.zero(new StateLayout(LENGTH, 1, slots, false));
    }

    void load(Weights from, int at, int here, int count) {
        int slot = from.layout().slotDistance();
        for (int part = 0; part <= weights.layout().slots(); part++) {
            System.arraycopy(from.array(part), at + part * slot, weights.array(part), here, count);
        }
    }

    void store(Weights to, int at, int here, int count) {
        int slot = to.layout().slotDistance();
        for (int part = 0; part <= weights.layout().slots(); part++) {
            System.arraycopy(weights.array(part), here, to.array(part), at + part * slot, count);
        }
    }
}
