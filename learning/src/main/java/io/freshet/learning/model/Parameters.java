package io.freshet.learning.model;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a snapshot. They never change, so that snapshots share the blocks in which they do not differ.
 *
 * <p>Neural networks need all parameters in one array. A table of rows is read row by row, and may be in blocks.
 */
public final class Parameters {
    private static final Parameters NONE = of(new float[0]);

    /** The first block, or all parameters. */
    private final float[] first;
    /** Null for a single array, which then takes no other object: most models with many keys have one. */
    private final float @Nullable [][] blocks;

    private final int length;

    private Parameters(float[] first, float @Nullable [][] blocks, int length) {
        this.first = first;
        this.blocks = blocks;
        this.length = length;
    }

    public static Parameters none() {
        return NONE;
    }

    /** @param array must not be changed later */
    public static Parameters of(float[] array) {
        return new Parameters(array, null, array.length);
    }

    /**
     * Returns the parameters of a table.
     *
     * @param blocks those of the layout, at least two, in order; the arrays must not be changed later
     */
    public static Parameters ofTable(StateLayout layout, float[][] blocks) {
        return new Parameters(blocks[0], blocks.clone(), layout.parameters());
    }

    /** Returns the number of parameters. */
    public int length() {
        return length;
    }

    /** Returns the parameters in one array, without a copy if they are in one. */
    public float[] toArray() {
        if (blocks == null) {
            return first;
        }
        float[] all = new float[length];
        for (int i = 0; i < blocks.length; i++) {
            System.arraycopy(blocks[i], 0, all, i * first.length, blocks[i].length);
        }
        return all;
    }

    /** Returns whether {@link #toArray} copies. */
    public boolean isSplit() {
        return blocks != null;
    }

    /** Returns the parameters of block {@code i} of a table in blocks. */
    public float[] block(int i) {
        return blocks()[i];
    }

    /**
     * Copies rows of a table, one after the other.
     *
     * @param width parameters of a row, which is in one block
     * @param to receives {@code count * width} parameters
     */
    public void copyRows(int[] rows, int count, int width, float[] to) {
        float[][] all = blocks();
        for (int i = 0; i < count; i++) {
            int at = rows[i] * width;
            System.arraycopy(all[at / first.length], at % first.length, to, i * width, width);
        }
    }

    /** Returns the size in bytes of the blocks that are not shared with {@code other}. */
    public long bytesNotIn(Parameters other) {
        Set<float[]> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(shared, other.blocks());
        long bytes = 0;
        for (float[] block : blocks()) {
            bytes += shared.contains(block) ? 0 : (long) block.length * Float.BYTES;
        }
        return bytes;
    }

    /** Returns the index of the first parameter that is not finite and not in a block of {@code checked}, or -1. */
    public int firstNotFinite(Parameters checked) {
        float[][] all = blocks();
        float[][] known = checked.blocks();
        for (int i = 0; i < all.length; i++) {
            boolean check = i >= known.length || known[i] != all[i];
            for (int j = 0; check && j < all[i].length; j++) {
                if (!Float.isFinite(all[i][j])) {
                    return i * first.length + j;
                }
            }
        }
        return -1;
    }

    /** Receives a parameter that differs. */
    @FunctionalInterface
    public interface DifferenceListener {
        void accept(int index, float before, float after);
    }

    /** Passes each parameter whose bits are not those of {@code before}, which has the same layout, in order. */
    public void differences(Parameters before, DifferenceListener listener) {
        float[][] all = blocks();
        float[][] known = before.blocks();
        for (int i = 0; i < all.length; i++) {
            for (int j = known[i] == all[i] ? all[i].length : 0; j < all[i].length; j++) {
                if (Float.floatToRawIntBits(all[i][j]) != Float.floatToRawIntBits(known[i][j])) {
                    listener.accept(i * first.length + j, known[i][j], all[i][j]);
                }
            }
        }
    }

    private float[][] blocks() {
        return blocks == null ? new float[][] {first} : blocks;
    }
}
