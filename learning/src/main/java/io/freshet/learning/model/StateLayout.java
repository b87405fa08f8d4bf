package io.freshet.learning.model;

/**
 * Where parameters and optimizer slots stand in one flat state array.
 *
 * <pre>
 *   by slot   [parameters | slot 0 | slot 1 ...]                       each part of length n
 *   by row    [row 0 | its slot 0 | its slot 1 ... | row 1 | ...]      each part of length width
 * </pre>
 *
 * By slot, a net's weight matrices are one piece, as matrix products want them. By row, all that an update of a sparse
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

    /** Returns the length of the array. */
    public int length() {
        return Math.multiplyExact(parameters, 1 + slots);
    }

    /** Returns the distance from the first parameter of a row to that of the next. */
    public int stride() {
        return byRow ? width * (1 + slots) : width;
    }

    /** Returns the distance from a parameter to its slot 0. */
    public int slot() {
        return byRow ? width : parameters;
    }

    /** Returns the parameters of a state in their order, in an array of their own. */
    public float[] parameters(float[] state) {
        float[] result = new float[parameters];
        copy(state, stride(), result, width);
        return result;
    }

    /** Puts parameters into a state; slots stay as they are. */
    public void set(float[] state, float[] parameters) {
        copy(parameters, width, state, stride());
    }

    /** Returns the same state in another layout of the same parameters and slots. */
    public float[] convert(float[] state, StateLayout to) {
        if (!byRow && !to.byRow) {
            return state.clone();
        }
        float[] result = new float[length()];
        for (int row = 0; row < parameters / width; row++) {
            for (int s = 0; s <= slots; s++) {
                System.arraycopy(state, row * stride() + s * slot(), result, row * to.stride() + s * to.slot(), width);
            }
        }
        return result;
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

    /** Returns the parameters of a block and their slots, as they stand in a state, in an array of their own. */
    public float[] block(float[] state, int block) {
        int start = blockStart(block);
        int length = blockEnd(block) - start;
        float[] result = new float[length * (1 + slots)];
        if (byRow) {
            System.arraycopy(state, start * (1 + slots), result, 0, result.length);
            return result;
        }
        for (int s = 0; s <= slots; s++) {
            System.arraycopy(state, s * parameters + start, result, s * length, length);
        }
        return result;
    }

    /** Puts what {@link #block} returned back into a state. */
    public void setBlock(float[] state, int block, float[] from) {
        int start = blockStart(block);
        int length = blockEnd(block) - start;
        if (byRow) {
            System.arraycopy(from, 0, state, start * (1 + slots), from.length);
            return;
        }
        for (int s = 0; s <= slots; s++) {
            System.arraycopy(from, s * length, state, s * parameters + start, length);
        }
    }

    private void copy(float[] from, int fromStride, float[] to, int toStride) {
        if (fromStride == toStride) {
            System.arraycopy(from, 0, to, 0, parameters);
            return;
        }
        for (int row = 0; row < parameters / width; row++) {
            System.arraycopy(from, row * fromStride, to, row * toStride, width);
        }
    }
}
