package io.freshet.learning.parameters;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The parameters of a snapshot. They never change, so that snapshots share the blocks in which they do not differ.
 *
 * <p>Neural networks need all parameters in one array. A table of rows is read row by row, and may be in blocks.
 */
public final class Parameters {
    private static final Parameters NONE = of(new float[0]);

    private final float[][] blocks;
    private final int length;
    private final int blockLength;

    private Parameters(float[][] blocks, int length, int blockLength) {
        this.blocks = blocks;
        this.length = length;
        this.blockLength = blockLength;
    }

    public static Parameters none() {
        return NONE;
    }

    /** @param array must not be changed later */
    public static Parameters of(float[] array) {
        return new Parameters(new float[][] {array}, array.length, Math.max(1, array.length));
    }

    /**
     * Returns the parameters of a table.
     *
     * @param blocks those of the layout, in order; the arrays must not be changed later
     */
    public static Parameters ofTable(StateLayout layout, float[][] blocks) {
        return new Parameters(blocks.clone(), layout.parameters(), layout.blockParameters());
    }

    /** Returns the number of parameters. */
    public int length() {
        return length;
    }

    /** Returns the parameters in one array, without a copy if they are in one. */
    public float[] toArray() {
        if (blocks.length == 1) {
            return blocks[0];
        }
        float[] all = new float[length];
        for (int i = 0; i < blocks.length; i++) {
            System.arraycopy(blocks[i], 0, all, i * blockLength, blocks[i].length);
        }
        return all;
    }

    /** Returns whether {@link #toArray} copies. */
    public boolean isSplit() {
        return blocks.length > 1;
    }

    /** Returns the parameters of block {@code i} of a table in blocks. */
    public float[] block(int i) {
        return blocks[i];
    }

    /**
     * Copies rows of a table, one after the other.
     *
     * @param width parameters of a row, which is in one block
     * @param to receives {@code count * width} parameters
     */
    public void copyRows(int[] rows, int count, int width, float[] to) {
        for (int i = 0; i < count; i++) {
            int at = rows[i] * width;
            float[] block = blocks[at / blockLength];
            System.arraycopy(block, at % blockLength, to, i * width, width);
        }
    }

    /** Returns the size in bytes of the blocks that are not shared with {@code other}. */
    public long bytesNotIn(Parameters other) {
        Set<float[]> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(shared, other.blocks);
        long bytes = 0;
        for (float[] block : blocks) {
            bytes += shared.contains(block) ? 0 : (long) block.length * Float.BYTES;
        }
        return bytes;
    }

    /** Returns the index of the first parameter that is not finite and not in a block of {@code checked}, or -1. */
    public int firstNotFinite(Parameters checked) {
        for (int i = 0; i < blocks.length; i++) {
            boolean known = i < checked.blocks.length && checked.blocks[i] == blocks[i];
            for (int j = 0; !known && j < blocks[i].length; j++) {
                if (!Float.isFinite(blocks[i][j])) {
                    return i * blockLength + j;
                }
            }
        }
        return -1;
    }
}
