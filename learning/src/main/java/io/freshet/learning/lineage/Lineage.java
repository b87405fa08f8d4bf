package io.freshet.learning.lineage;

import io.freshet.learning.watch.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a state has learned from: the offsets of each partition, the newest event time, the count of samples received, where
 * each specification took effect, and, under strict order, the order of the partitions.
 *
 * <p>A model has few partitions, so they are stored in plain arrays, in the order first received. Every snapshot contains the
 * lineage, so its lists are bounded: only the newest {@value #MOST_CHANGES} changes are kept. Of more than {@value #MOST_UNDONE}
 * undone ranges, the first two are merged, including what was learned between them. Pinned by {@code LineageTest}.
 */
public final class Lineage {
    static final int MOST_CHANGES = 1_000;
    static final int MOST_UNDONE = 1_000;

    private int count;
    private int[] partitions;
    private long[] firstOffsets;
    private long[] offsets;
    /** The first offset of each in the open window, or -1. */
    private long[] windowOffsets;

    private long watermark;
    private long position;
    private final List<Change> changes;
    private final List<Undone> undone;
    private final Interleaving order;
    private String warmStart = "";

    /**
     * Where another specification took effect.
     *
     * @param position samples received before it
     * @param samples learned before it
     * @param specHash of the specification
     */
    public record Change(long position, long samples, String specHash) {}

    /**
     * A range of learned samples that was reverted because the model diverged.
     *
     * @param after samples learned before the range
     * @param samples learned up to its end
     */
    public record Undone(long after, long samples) {}

    public Lineage() {
        this(new int[0], new long[0], new long[0], Long.MIN_VALUE, 0, List.of());
    }

    /** A lineage without undone ranges and without a recorded order. */
    public Lineage(
            int[] partitions,
            long[] firstOffsets,
            long[] offsets,
            long watermark,
            long position,
            List<Change> changes) {
        this(partitions, firstOffsets, offsets, watermark, position, changes, List.of(), new Interleaving());
    }

    /**
     * @param partitions of the samples topic
     * @param firstOffsets the first offset received from each, the same length
     * @param offsets the last offset learned from each, the same length; before the first, the one before {@code firstOffsets}
     * @param watermark the newest event time learned, milliseconds since 1970; Long.MIN_VALUE before the first
     * @param position samples received: learned, rejected, held out, skipped after early stopping, or duplicate
     * @param changes of the specification; the first one is at the start
     * @param undone ranges, in order
     * @param order of the partitions; has fewer samples than {@code position} if it was not recorded
     */
    public Lineage(
            int[] partitions,
            long[] firstOffsets,
            long[] offsets,
            long watermark,
            long position,
            List<Change> changes,
            List<Undone> undone,
            Interleaving order) {
        this(partitions, firstOffsets, offsets, none(partitions.length), watermark, position, changes, undone, order);
    }

    public Lineage(
            int[] partitions,
            long[] firstOffsets,
            long[] offsets,
            long[] windowOffsets,
            long watermark,
            long position,
            List<Change> changes,
            List<Undone> undone,
            Interleaving order) {
        this.order = order;
        this.windowOffsets = windowOffsets;
        this.undone = new ArrayList<>(undone);
        this.count = partitions.length;
        this.partitions = partitions;
        this.firstOffsets = firstOffsets;
        this.offsets = offsets;
        this.watermark = watermark;
        this.position = position;
        this.changes = new ArrayList<>(changes);
    }

    /**
     * Records a received sample.
     *
     * @param specHash of the specification that it was encoded with
     * @param samples learned before it
     * @param inTurn whether partitions take turns; then their order is recorded, if it was from the start
     * @return whether the specification differs from that of the previous sample
     */
    public boolean received(String specHash, long samples, int partition, long offset, boolean inTurn) {
        boolean isChange = isChange(specHash);
        if (isChange) {
            changes.add(new Change(position, samples, specHash));
            while (changes.size() > MOST_CHANGES) {
                changes.remove(0);
            }
        }
        if (inTurn && order.samples() == position) {
            order.received(partition);
        }
        position++;
        place(partition, offset);
        return isChange;
    }

    /** Returns whether the previous sample, if any, had another specification. */
    public boolean isChange(String specHash) {
        int last = changes.size() - 1;
        // Equal hashes are nearly always the same object.
        return last < 0
                || changes.get(last).specHash() != specHash
                        && !changes.get(last).specHash().equals(specHash);
    }

    /** Records a learned sample. */
    public void learned(int partition, long offset, long eventTime) {
        watermark = Math.max(watermark, eventTime);
        int i = place(partition, offset);
        offsets[i] = offset;
        if (windowOffsets[i] < 0) {
            windowOffsets[i] = offset;
        }
    }

    /** Returns the index of a partition; adds a new one that starts at an offset. */
    private int place(int partition, long offset) {
        for (int i = 0; i < count; i++) {
            if (partitions[i] == partition) {
                return i;
            }
        }
        partitions = Arrays.copyOf(partitions, count + 1);
        firstOffsets = Arrays.copyOf(firstOffsets, count + 1);
        offsets = Arrays.copyOf(offsets, count + 1);
        windowOffsets = Arrays.copyOf(windowOffsets, count + 1);
        partitions[count] = partition;
        firstOffsets[count] = offset;
        windowOffsets[count] = -1;
        offsets[count] = offset - 1;
        return count++;
    }

    /** Returns the offsets of the samples learned in the open window. */
    public List<Event.Offsets> window() {
        List<Event.Offsets> window = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (windowOffsets[i] >= 0) {
                window.add(new Event.Offsets(partitions[i], windowOffsets[i], offsets[i]));
            }
        }
        return window;
    }

    public void nextWindow() {
        Arrays.fill(windowOffsets, -1);
    }

    /** Records that the samples learned after the first {@code after} were reverted; merges adjacent ranges. */
    public void undo(long after, long samples) {
        long from = after;
        while (!undone.isEmpty() && undone.get(undone.size() - 1).samples() >= from) {
            from = Math.min(from, undone.remove(undone.size() - 1).after());
        }
        if (from < samples) {
            undone.add(new Undone(from, samples));
        }
        while (undone.size() > MOST_UNDONE) {
            Undone first = undone.remove(0);
            undone.set(0, new Undone(first.after(), undone.get(0).samples()));
        }
    }

    public int[] partitions() {
        return partitions;
    }

    /** Returns the first offset received from each of {@link #partitions}. */
    public long[] firstOffsets() {
        return firstOffsets;
    }

    /** Returns the incarnation; unknown for a snapshot of format version 1. */
    public Incarnation origin() {
        return position < 0 ? Incarnation.UNKNOWN : new Incarnation(partitions, firstOffsets);
    }

    /** Returns the last offset learned from each of {@link #partitions}; before the first, the one before it. */
    public long[] offsets() {
        return offsets;
    }

    /** Returns the newest event time learned, milliseconds since 1970, or Long.MIN_VALUE before the first. */
    public long watermark() {
        return watermark;
    }

    /** Returns the count of samples received: learned, rejected, held out, skipped after early stopping, or duplicate. */
    public long position() {
        return position;
    }

    /** Returns where each specification took effect; the first one at the start, unless that was dropped. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Returns the reverted ranges, in order; the first may be several merged ones. */
    public List<Undone> undone() {
        return List.copyOf(undone);
    }

    /** Returns whether the order of the samples was recorded. */
    public boolean isOrdered() {
        return position > 0 && order.samples() == position;
    }

    /** Returns the order of the partitions; it has fewer samples than {@link #position} if it was not recorded. */
    public Interleaving order() {
        return order;
    }

    public long[] windowOffsets() {
        return windowOffsets;
    }

    /** Returns the checksum of the last warm start, or "". */
    public String warmStart() {
        return warmStart;
    }

    public void warmStart(String checksum) {
        warmStart = checksum;
    }

    public Lineage copy() {
        Lineage copy = new Lineage(
                partitions.clone(),
                firstOffsets.clone(),
                offsets.clone(),
                windowOffsets.clone(),
                watermark,
                position,
                changes,
                undone,
                order.copy());
        copy.warmStart = warmStart;
        return copy;
    }

    private static long[] none(int length) {
        long[] none = new long[length];
        Arrays.fill(none, -1);
        return none;
    }
}
