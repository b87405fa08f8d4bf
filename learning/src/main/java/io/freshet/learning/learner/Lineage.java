package io.freshet.learning.learner;

import java.util.Arrays;

/**
 * What a state has learned from: the last offset of each partition, and the newest event time.
 *
 * <p>A model sees few partitions, so they stand in plain arrays, in the order first seen.
 */
public final class Lineage {
    private int count;
    private int[] partitions;
    private long[] offsets;
    private long watermark;

    public Lineage() {
        this(new int[0], new long[0], Long.MIN_VALUE);
    }

    /**
     * @param partitions of the samples topic
     * @param offsets the last one learned in each, the same length
     * @param watermark the newest event time learned, milliseconds since 1970; Long.MIN_VALUE before the first
     */
    public Lineage(int[] partitions, long[] offsets, long watermark) {
        this.count = partitions.length;
        this.partitions = partitions;
        this.offsets = offsets;
        this.watermark = watermark;
    }

    void learned(int partition, long offset, long eventTime) {
        watermark = Math.max(watermark, eventTime);
        for (int i = 0; i < count; i++) {
            if (partitions[i] == partition) {
                offsets[i] = offset;
                return;
            }
        }
        partitions = Arrays.copyOf(partitions, count + 1);
        offsets = Arrays.copyOf(offsets, count + 1);
        partitions[count] = partition;
        offsets[count++] = offset;
    }

    public int[] partitions() {
        return partitions;
    }

    /** Returns the last offset learned of each of {@link #partitions}. */
    public long[] offsets() {
        return offsets;
    }

    /** Returns the newest event time learned, milliseconds since 1970, or Long.MIN_VALUE before the first. */
    public long watermark() {
        return watermark;
    }

    public Lineage copy() {
        return new Lineage(partitions.clone(), offsets.clone(), watermark);
    }
}
