package io.freshet.learning.parameters;

/**
 * Where parameters and optimizer slots stand: {@link Weights}.
 *
 * <pre>
 *   by slot   [parameters] [slot 0] [slot 1] ...                       an array each, of length n
 *   by row    [row 0 | its slot 0 | its slot 1 ... | row 1 | ...]      one array, each part of length width
 * </pre>
 *
 * By slot, a net's weight matrices are one piece, as matrix products want them, and each parameter has the index of its
 * slots, as the compiler wants them to make vector instructions of an update. By row, all that an update of a sparse
 * model touches of one row is in one cache line.
 *
 * @param parameters how many, n
 * @param width coordinates in a row; by row, n is a multiple of it
 * @param slots of the optimizer
 * @param byRow whether a row's slots stand behind it
 */
public record StateLayout(int parameters, int width, int slots, boolean byRow) {
    private static final int BLOCK = 1 << 14;

    /** Returns the layout of parameters alone, as in a snapshot. */
    public StateLayout withoutSlots() {
        return new StateLayout(parameters, width, 0, false);
    }

    /** Returns the layout of the same parameters and slots in which all parameters are one piece. */
    public StateLayout bySlot() {
        return new StateLayout(parameters, width, slots, false);
    }

    /** Returns how many parameters and slots there are. */
    public int length() {
        return Math.multiplyExact(parameters, 1 + slots);
    }

    /** Returns the distance from the first parameter of a row to that of the next. */
    public int stride() {
        return byRow ? width * (1 + slots) : width;
    }

    /** Returns the distance from a parameter to its slot 0, and from there to its slot 1; 0 if these are in other arrays. */
    public int slotDistance() {
        return byRow ? width : 0;
    }

    /**
     * Returns the parameters of a block, but for the last, which may have fewer: about 2^14, in whole rows. A large state is
     * kept and published in blocks, those that changed.
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

    /** Returns the index behind the last parameter of a block. */
    public int blockEnd(int block) {
        return Math.min(parameters, blockStart(block) + blockParameters());
    }
}
