package io.freshet.learning.batch;

/**
 * The steps of several sequences one below the other: all first steps, then all second ones, and so on. A sequence that
 * has ended is no longer there, so nothing behind its end is ever computed.
 *
 * <p>Made once and packed again for each chunk of a batch; grows to the most rows it has seen.
 */
public final class PackedSteps {
    private final int longest;
    /** Step t has the rows [start[t], start[t + 1]). */
    private final int[] start;

    private int[] sample = {};
    private int[] before = {};
    /** Of each sample, the row of its last step so far. */
    private int[] last = {};

    public PackedSteps(int longest) {
        this.longest = longest;
        start = new int[longest + 1];
    }

    /** Packs samples [from, to) of a batch, each step in their order. */
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

    /** Returns the steps of the longest sequence that a model takes. */
    public int longest() {
        return longest;
    }

    /** Returns the first row of a step; of one past the longest, where all rows end. */
    public int start(int step) {
        return start[step];
    }

    /** Returns how many rows there are. */
    public int rows() {
        return start[longest];
    }

    /** Returns which sample, counted from the first packed, a row belongs to. */
    public int sample(int row) {
        return sample[row];
    }

    /** Returns the row of the step before in the same sample; -1 for a first step. */
    public int before(int row) {
        return before[row];
    }
}
