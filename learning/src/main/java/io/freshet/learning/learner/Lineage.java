package io.freshet.learning.learner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a state has learned from: the offsets of each partition, the newest event time, how many samples came, and from
 * which of them on it learned by which specification.
 *
 * <p>A model sees few partitions, so they stand in plain arrays, in the order first seen.
 */
public final class Lineage {
    private int count;
    private int[] partitions;
    private long[] firstOffsets;
    private long[] offsets;
    private long watermark;
    private long position;
    private final List<Change> changes;

    /**
     * Where another specification began to be learned by.
     *
     * @param position samples that had come then
     * @param samples that had been learned then
     * @param specHash of the specification
     */
    public record Change(long position, long samples, String specHash) {}

    public Lineage() {
        this(new int[0], new long[0], new long[0], Long.MIN_VALUE, 0, List.of());
    }

    /**
     * @param partitions of the samples topic
     * @param firstOffsets the first one that came of each, the same length
     * @param offsets the last one learned of each, the same length; where none was yet, the one before the first that came
     * @param watermark the newest event time learned, milliseconds since 1970; Long.MIN_VALUE before the first
     * @param position samples that came: learned, refused, held out or passed over
     * @param changes of the specification, the first one at the start
     */
    public Lineage(
            int[] partitions,
            long[] firstOffsets,
            long[] offsets,
            long watermark,
            long position,
            List<Change> changes) {
        this.count = partitions.length;
        this.partitions = partitions;
        this.firstOffsets = firstOffsets;
        this.offsets = offsets;
        this.watermark = watermark;
        this.position = position;
        this.changes = new ArrayList<>(changes);
    }

    /** Says that a sample came, to be learned by a specification, when so many samples had been learned. */
    void came(String specHash, long samples, int partition, long offset) {
        int last = changes.size() - 1;
        // The same text is nearly always the same object.
        if (last < 0
                || changes.get(last).specHash() != specHash
                        && !changes.get(last).specHash().equals(specHash)) {
            changes.add(new Change(position, samples, specHash));
        }
        position++;
        place(partition, offset);
    }

    void learned(int partition, long offset, long eventTime) {
        watermark = Math.max(watermark, eventTime);
        offsets[place(partition, offset)] = offset;
    }

    /** Returns where a partition stands; one that is new begins at an offset. */
    private int place(int partition, long offset) {
        for (int i = 0; i < count; i++) {
            if (partitions[i] == partition) {
                return i;
            }
        }
        partitions = Arrays.copyOf(partitions, count + 1);
        firstOffsets = Arrays.copyOf(firstOffsets, count + 1);
        offsets = Arrays.copyOf(offsets, count + 1);
        partitions[count] = partition;
        firstOffsets[count] = offset;
        offsets[count] = offset - 1;
        return count++;
    }

    public int[] partitions() {
        return partitions;
    }

    /** Returns the first offset that came of each of {@link #partitions}. */
    public long[] firstOffsets() {
        return firstOffsets;
    }

    /** Returns the last offset learned of each of {@link #partitions}; where none was yet, the one before the first. */
    public long[] offsets() {
        return offsets;
    }

    /** Returns the newest event time learned, milliseconds since 1970, or Long.MIN_VALUE before the first. */
    public long watermark() {
        return watermark;
    }

    /** Returns how many samples came: learned, refused, held out or passed over. */
    public long position() {
        return position;
    }

    /** Returns from where on each specification was learned by, the first one from the start. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    public Lineage copy() {
        return new Lineage(partitions.clone(), firstOffsets.clone(), offsets.clone(), watermark, position, changes);
    }
}
