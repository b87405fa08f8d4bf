package io.freshet.learning.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The parameters and optimizer slots of one model, in the order of its {@link StateLayout}. Changed in place; a {@link
 * #copy} shares nothing with the original.
 */
public final class Weights {
    private static final float[][] NONE = {};
    private static final float[] NO_FLOATS = {};
    private static final int PRINTED = 10;

    private final StateLayout layout;
    /** The first array. */
    private final float[] array;
    /** Null for a single array, which then takes no other object: most models with many keys have one. */
    private final float @Nullable [][] several;

    private Weights(StateLayout layout, float[][] arrays) {
        this(layout, arrays.length == 0 ? NO_FLOATS : arrays[0], arrays.length == 1 ? null : arrays);
    }

    private Weights(StateLayout layout, float[] array, float @Nullable [][] several) {
        this.layout = layout;
        this.array = array;
        this.several = several;
    }

    /** Returns weights that are all 0. */
    public static Weights zero(StateLayout layout) {
        int count = layout.byRow() ? 1 : 1 + layout.slots();
        return new Weights(layout, new float[count][layout.length() / count]);
    }

    /** Returns weights by slot, in rows of a width, of the given arrays: the parameters, and each slot. */
    public static Weights bySlot(int width, float[]... arrays) {
        return new Weights(new StateLayout(arrays[0].length, width, arrays.length - 1, false), arrays);
    }

    /** Returns a layout without arrays, for weights that are stored elsewhere. */
    public static Weights absent(StateLayout layout) {
        return new Weights(layout, NONE);
    }

    public StateLayout layout() {
        return layout;
    }

    /** Returns the array that a network reads: row r of the parameters starts at {@code r * stride} of the layout. */
    public float[] array() {
        return array;
    }

    /** Returns all arrays: one by row; by slot, that of the parameters and one for each slot. */
    public float[][] arrays() {
        return several == null ? new float[][] {array} : several;
    }

    /** Returns the array that has a part: 0 for the parameters, 1 for slot 0, and so on; by row, one array has them all. */
    public float[] array(int part) {
        return several == null ? array : several[part];
    }

    /** Returns a copy of the parameters, in order. */
    public float[] parameters() {
        float[] result = new float[layout.parameters()];
        copyRows(array, 0, layout.stride(), result, 0, layout.width(), layout.parameters());
        return result;
    }

    /** Overwrites the parameters; slots do not change. */
    public void set(float[] parameters) {
        copyRows(parameters, 0, layout.width(), array, 0, layout.stride(), layout.parameters());
    }

    /** Returns the same arrays with an equal layout, which many models can share. */
    public Weights withLayout(StateLayout equal) {
        return new Weights(equal, array, several);
    }

    /** Returns a copy in another layout of the same parameters, width and slots. */
    public Weights convert(StateLayout to) {
        if (!layout.byRow() && !to.byRow()) {
            return new Weights(to, copy().arrays());
        }
        Weights result = zero(to);
        for (int s = 0; s <= layout.slots(); s++) {
            copyRows(
                    array(s),
                    s * layout.slotDistance(),
                    layout.stride(),
                    result.array(s),
                    s * to.slotDistance(),
                    to.stride(),
                    layout.parameters());
        }
        return result;
    }

    /** Copies the rows of {@code count} parameters. */
    private void copyRows(
            float[] from, int fromStart, int fromStride, float[] to, int toStart, int toStride, int count) {
        int width = layout.width();
        if (fromStride == width && toStride == width) {
            System.arraycopy(from, fromStart, to, toStart, count);
            return;
        }
        for (int row = 0; row < count / width; row++) {
            System.arraycopy(from, fromStart + row * fromStride, to, toStart + row * toStride, width);
        }
    }

    /**
     * Copies parameters and their slots from weights of the same width, slots, and order.
     *
     * @param from index of the first parameter there; by row, the first of a row, as is {@code to}
     * @param count of parameters; by row, whole rows
     */
    public void copy(Weights other, int from, int to, int count) {
        int scale = layout.stride() / layout.width();
        float[][] others = other.arrays();
        float[][] own = arrays();
        for (int i = 0; i < own.length; i++) {
            System.arraycopy(others[i], from * scale, own[i], to * scale, count * scale);
        }
    }

    /** Returns a copy of a block: the part of each array with its parameters and slots, concatenated. */
    public float[] block(int block) {
        int from = blockStart(block);
        int length = blockEnd(block) - from;
        float[][] arrays = arrays();
        float[] result = new float[length * arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            System.arraycopy(arrays[i], from, result, i * length, length);
        }
        return result;
    }

    /** Overwrites a block with a copy from {@link #block}. */
    public void setBlock(int block, float[] from) {
        int length = blockEnd(block) - blockStart(block);
        float[][] arrays = arrays();
        for (int i = 0; i < arrays.length; i++) {
            System.arraycopy(from, i * length, arrays[i], blockStart(block), length);
        }
    }

    /**
     * Returns a copy of the first parts of a block: the parameters, in order, then those of slot 0, and so on.
     *
     * @param count of parts, from 1 to all slots and the parameters
     */
    public float[] parts(int block, int count) {
        float[] result = new float[count * (layout.blockEnd(block) - layout.blockStart(block))];
        copyParts(block, count, result);
        return result;
    }

    /** Copies the first parts of a block to the start of an array, in the order of {@link #parts}. */
    public void copyParts(int block, int count, float[] to) {
        int length = layout.blockEnd(block) - layout.blockStart(block);
        for (int part = 0; part < count; part++) {
            copyRows(array(part), partStart(part, block), layout.stride(), to, part * length, layout.width(), length);
        }
    }

    /** Overwrites the first parts of a block with numbers in the order of {@link #parts}. */
    public void setParts(int block, int count, float[] from) {
        int length = layout.blockEnd(block) - layout.blockStart(block);
        for (int part = 0; part < count; part++) {
            copyRows(from, part * length, layout.width(), array(part), partStart(part, block), layout.stride(), length);
        }
    }

    private int partStart(int part, int block) {
        return blockStart(block) + part * layout.slotDistance();
    }

    private int blockStart(int block) {
        return layout.blockStart(block) * (layout.stride() / layout.width());
    }

    private int blockEnd(int block) {
        return layout.blockEnd(block) * (layout.stride() / layout.width());
    }

    /** Returns the size of the arrays in bytes. */
    public long bytes() {
        long numbers = 0;
        for (float[] each : arrays()) {
            numbers += each.length;
        }
        return Float.BYTES * numbers;
    }

    public Weights copy() {
        float[][] copies = arrays().clone();
        for (int i = 0; i < copies.length; i++) {
            copies[i] = copies[i].clone();
        }
        return new Weights(layout, copies);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Weights that
                && layout.equals(that.layout)
                && Arrays.deepEquals(arrays(), that.arrays());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(arrays());
    }

    /** Returns the layout and the first numbers of each array. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(layout.toString());
        for (float[] each : arrays()) {
            text.append(' ').append(Arrays.toString(Arrays.copyOf(each, Math.min(PRINTED, each.length))));
        }
        return text.toString();
    }
}
