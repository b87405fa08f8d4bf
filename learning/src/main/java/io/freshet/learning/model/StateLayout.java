package io.freshet.learning.model;

/**
 * The layout of parameters and optimizer slots in the arrays of {@link Weights}.
 *
 * <pre>
 *   by slot   [parameters] [slot 0] [slot 1] ...                       one array each, of length n
 *   by row    [row 0 | its slot 0 | its slot 1 ... | row 1 | ...]      one array, each part of length width
 * </pre>
 *
 * By slot, weight matrices are contiguous, as matrix products need them, and a parameter and its slots have the same
 * index, so that the compiler vectorizes updates. By row, a row and its slots, which a sparse update touches together, share a cache line.
 *
 * @param parameters number of parameters, n
 * @param width coordinates in a row; by row, n is a multiple of it
 * @param slots of the optimizer
 * @param byRow whether the slots of a row follow it
 */
public record StateLayout(int parameters, int width, int slots, boolean byRow) {
    private static final int BLOCK = 1 << 14;

    /** Returns the layout of the parameters alone, as in a snapshot. */
    public StateLayout withoutSlots() {
        return new StateLayout(parameters, width, 0, false);
    }

    /** Returns the layout by slot of the same parameters and slots. */
    public StateLayout bySlot() {
        return new StateLayout(parameters, width, slots, false);
    }

    /** Returns the layout by row of what this one has by slot, or the other way around. */
    public StateLayout other() {
        return new StateLayout(parameters, width, slots, !byRow);
    }

    /** Returns the total number of parameters and slot values. */
    public int length() {
        return Math.multiplyExact(parameters, 1 + slots);
    }

    /** Returns the distance from the first parameter of a row to that of the next. */
    public int stride() {
        return byRow ? width * (1 + slots) : width;
    }

    /**
     * Returns the distance from a parameter to its slot 0, and from each slot to the next; 0 if slots are in other
     * arrays.
     */
    public int slotDistance() {
        return byRow ? width : 0;
    }

    /**
     * Returns the number of parameters of a block, about 2^14 in whole rows; the last block may have fewer. Only the
     * changed blocks of a large state are checkpointed and published.
     */
    public int blockParameters() {
        return Math.max(1, Integer.highestOneBit(BLOCK / width)) * width;
    }

    /** Returns the number of blocks. */
    public int blocks() {
        return (parameters - 1) / blockParameters() + 1;
    }

    /** Returns the index of the first parameter of a block. */
    public int blockStart(int block) {
        return block * blockParameters();
    }

    /** Returns the index after the last parameter of a block. */
    public int blockEnd(int block) {
        return Math.min(parameters, blockStart(block) + blockParameters());
    }
}
