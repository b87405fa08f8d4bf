package io.freshet.learning.model;

/**
 * The steps of several sequences as rows: all first steps, then all second steps, and so on. A sequence has no rows
 * after its end, so no padding is computed.
 *
 * <p>Reused for each chunk of a batch; the arrays grow to the largest chunk.
 */
public final class PackedSteps {
    private final int longest;
    /** Step t is the rows [start[t], start[t + 1]). */
    private final int[] start;

    private int[] sample = {};
    private int[] before = {};
    /** The row of each sample's most recent step. */
    private int[] last = {};

    public PackedSteps(int longest) {
        this.longest = longest;
        start = new int[longest + 1];
    }

    /** Packs the samples [from, to) of a batch; the rows of a step are in sample order. */
    public void pack(Batch batch, int from, int to) {
        if (last.length < to - from) {
            last = new int[to - from];
            sample = new int[(to - from) * longest];
            before = new int[(to - from) * longest];
        }
        int row = 0;
        for (int t = 0; t < longest; t++) {
            for (int i = 0; i < to - from; i++) {
                if (t < batch.steps(from + i)) {
                    sample[row] = i;
                    before[row] = t == 0 ? -1 : last[i];
                    last[i] = row++;
                }
            }
            start[t + 1] = row;
        }
    }

    /** Returns the maximum length of a sequence. */
    public int longest() {
        return longest;
    }

    /** Returns the first row of a step; for the step after the maximum length, the row count. */
    public int start(int step) {
        return start[step];
    }

    /** Returns the number of rows. */
    public int rows() {
        return start[longest];
    }

    /** Returns the sample of a row, counted from the first one packed. */
    public int sample(int row) {
        return sample[row];
    }

    /** Returns the row of the previous step of the same sample; -1 for a first step. */
    public int before(int row) {
        return before[row];
    }
}
