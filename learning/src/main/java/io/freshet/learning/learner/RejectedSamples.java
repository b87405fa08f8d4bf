package io.freshet.learning.learner;

import java.util.Arrays;

/** The samples that one call to the learner rejected, by partition and offset. */
public final class RejectedSamples {
    private int count;
    private int[] partition = new int[1];
    private long[] offset = new long[1];
    private String[] reason = new String[1];

    void clear() {
        count = 0;
    }

    void add(int fromPartition, long atOffset, String why) {
        if (count == partition.length) {
            partition = Arrays.copyOf(partition, count * 2);
            offset = Arrays.copyOf(offset, count * 2);
            reason = Arrays.copyOf(reason, count * 2);
        }
        partition[count] = fromPartition;
        offset[count] = atOffset;
        reason[count++] = why;
    }

    public int count() {
        return count;
    }

    public int partition(int i) {
        return partition[i];
    }

    public long offset(int i) {
        return offset[i];
    }

    /** Returns the reason, including what was expected. */
    public String reason(int i) {
        return reason[i];
    }
}
