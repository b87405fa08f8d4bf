package io.freshet.learning.replica;

import io.freshet.learning.learner.FlatArrays;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.StateLayout;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sum of the gradients of the batches of a round, each times its weight. A parameter that was touched counts as such even if
 * its sum is 0: penalties and momentum move it.
 */
final class GradientSum {
    private static final int[] EXACT = {};
    private static final float[] NONE = {};

    private final StateLayout layout;
    private final float[] sums;
    private final BitSet touched = new BitSet();

    /** @param layout of the model */
    GradientSum(StateLayout layout) {
        this(layout, new float[layout.parameters()]);
    }

    private GradientSum(StateLayout layout, float[] sums) {
        this.layout = layout;
        this.sums = sums;
    }

    void write(DataOutput out) throws IOException {
        FlatArrays.writeFloats(sums, out);
        FlatArrays.writeLongs(touched.toLongArray(), out);
    }

    static GradientSum read(StateLayout layout, DataInput in) throws IOException {
        GradientSum read = new GradientSum(layout, FlatArrays.readFloats(in));
        read.touched.or(BitSet.valueOf(FlatArrays.readLongs(in)));
        return read;
    }

    void add(Gradient gradient, float weight) {
        int width = gradient.width();
        float[] values = gradient.values();
        int[] rows = gradient.rows();
        for (int i = 0; i < gradient.count(); i++) {
            add(rows[i] * width, values, i * width, width, weight);
        }
        float[] dense = gradient.dense();
        add(gradient.denseFrom(), dense, 0, dense.length, weight);
    }

    private void add(int to, float[] values, int from, int count, float weight) {
        for (int i = 0; i < count; i++) {
            sums[to + i] += weight * values[from + i];
        }
        touched.set(to, to + count);
    }

    /** Returns the sums of the touched parameters of a block, and clears them, or null if no parameter was touched. */
    @Nullable BlockChange take(int block) {
        int from = layout.blockStart(block);
        int to = layout.blockEnd(block);
        int[] coordinates = touched.get(from, to).stream().toArray();
        if (coordinates.length == 0) {
            return null;
        }
        float[] taken = new float[coordinates.length];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = sums[from + coordinates[i]];
            sums[from + coordinates[i]] = 0;
        }
        touched.clear(from, to);
        return new BlockChange(block, taken.length == to - from ? null : coordinates, taken, EXACT, NONE);
    }

    /** Adds the mean gradient of a block, merged from sums, to that of the model. */
    static void fill(Gradient gradient, int from, float[] mean, List<BlockMerge.Weighted> sums) {
        BitSet touched = new BitSet();
        for (BlockMerge.Weighted each : sums) {
            for (int i = 0; i < each.change().count(mean.length); i++) {
                touched.set(each.change().coordinate(i));
            }
        }
        int width = gradient.width();
        boolean hasDense = gradient.denseLength() > 0;
        gradient.reserve(touched.cardinality() / width + 2);
        for (int i = touched.nextSetBit(0); i >= 0; i = touched.nextSetBit(i + 1)) {
            int at = from + i;
            if (hasDense && at >= gradient.denseFrom()) {
                gradient.dense()[at - gradient.denseFrom()] = mean[i];
            } else {
                int place = gradient.at(at / width);
                gradient.values()[place + at % width] = mean[i];
            }
        }
    }
}
