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
