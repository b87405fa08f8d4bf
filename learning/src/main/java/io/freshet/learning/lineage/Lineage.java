package io.freshet.learning.lineage;

import io.freshet.learning.watch.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a state has learned from: the offsets of each partition, the newest event time, how many samples came, from which of
 * them on it learned by which specification, and, where partitions take turns, in which order they came.
 *
 * <p>A model sees few partitions, so they stand in plain arrays, in the order first seen. All of it is in every snapshot, so
 * that no list in it grows without end: of more than {@value #MOST_CHANGES} changes the first are forgotten, and of more than
 * {@value #MOST_UNDONE} stretches undone the first two become one, with what was learned between them. Pinned by
 * {@code LineageTest}.
 */
public final class Lineage {
    static final int MOST_CHANGES = 1_000;
    static final int MOST_UNDONE = 1_000;

    private int count;
    private int[] partitions;
    private long[] firstOffsets;
    private long[] offsets;
    /** The first offset of each since the window began; -1 for none. */
    private long[] windowOffsets;

    private long watermark;
    private long position;
    private final List<Change> changes;
    private final List<Undone> undone;
    private final Interleaving order;
    private String warmStart = "";

    /**
     * Where another specification began to be learned by.
     *
     * @param position samples that had come then
     * @param samples that had been learned then
     * @param specHash of the specification
     */
    public record Change(long position, long samples, String specHash) {}

    /**
     * What was learned and is in the parameters no more, since it made the model diverge.
     *
     * @param after samples learned before the first of them
     * @param samples learned up to the last of them
     */
    public record Undone(long after, long samples) {}

    public Lineage() {
        this(new int[0], new long[0], new long[0], Long.MIN_VALUE, 0, List.of());
    }

    /** A lineage of which nothing is undone, and no order is kept. */
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
     * @param firstOffsets the first one that came of each, the same length
     * @param offsets the last one learned of each, the same length; where none was yet, the one before the first that came
     * @param watermark the newest event time learned, milliseconds since 1970; Long.MIN_VALUE before the first
     * @param position samples that came: learned, refused, held out, passed over or left out as duplicates
     * @param changes of the specification, the first one at the start
     * @param undone stretches of what was learned, in order
     * @param order of the partitions that the samples came from; of fewer samples than came where it is not kept
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
     * Says that a sample came, to be learned by a specification, when so many samples had been learned.
     *
     * @param inTurn whether its partition takes turns with others: then their order is kept, if it is from the start
     * @return whether it is the first by this specification, or by it again
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

    /** Whether no sample came by a specification yet, or the last one by another. */
    public boolean isChange(String specHash) {
        int last = changes.size() - 1;
        // The same text is nearly always the same object.
        return last < 0
                || changes.get(last).specHash() != specHash
                        && !changes.get(last).specHash().equals(specHash);
    }

    public void learned(int partition, long offset, long eventTime) {
        watermark = Math.max(watermark, eventTime);
        int i = place(partition, offset);
        offsets[i] = offset;
        if (windowOffsets[i] < 0) {
            windowOffsets[i] = offset;
        }
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
        windowOffsets = Arrays.copyOf(windowOffsets, count + 1);
        partitions[count] = partition;
        firstOffsets[count] = offset;
        windowOffsets[count] = -1;
        offsets[count] = offset - 1;
        return count++;
    }

    /** Returns where the samples stand that were learned since the window began. */
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

    /** Says that what was learned after so many samples, up to now, is undone; stretches that meet are one. */
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

    /** Returns the first offset that came of each of {@link #partitions}. */
    public long[] firstOffsets() {
        return firstOffsets;
    }

    /** Returns where it began; not known of a snapshot of version 1. */
    public Incarnation origin() {
        return position < 0 ? Incarnation.UNKNOWN : new Incarnation(partitions, firstOffsets);
    }

    /** Returns the last offset learned of each of {@link #partitions}; where none was yet, the one before the first. */
    public long[] offsets() {
        return offsets;
    }

    /** Returns the newest event time learned, milliseconds since 1970, or Long.MIN_VALUE before the first. */
    public long watermark() {
        return watermark;
    }

    /** Returns how many samples came: learned, refused, held out, passed over or left out as duplicates. */
    public long position() {
        return position;
    }

    /** Returns from where on each specification was learned by; the first one from the start, unless it is forgotten. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Returns what was learned and is in the parameters no more, in order; the first may be several, and what was between. */
    public List<Undone> undone() {
        return List.copyOf(undone);
    }

    /** Whether it is kept in which order the samples came. */
    public boolean isOrdered() {
        return position > 0 && order.samples() == position;
    }

    /** Returns the order of the partitions that the samples came from; of fewer samples than came where it is not kept. */
    public Interleaving order() {
        return order;
    }

    public long[] windowOffsets() {
        return windowOffsets;
    }

    /** Returns the checksum of the parameters that the state last went over to, or "" if it has its own alone. */
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
