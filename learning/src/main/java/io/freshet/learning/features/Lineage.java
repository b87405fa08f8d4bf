package io.freshet.learning.features;

import io.freshet.learning.evaluation.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a state has learned from: the offsets of each partition, the newest event time, the count of samples received, where
 * each specification took effect, and, under strict order, the order of the partitions.
 *
 * <p>A model has few partitions, so they are stored in one plain array, in the order first received. Every snapshot contains
 * the lineage, so its lists are bounded: only the newest {@value #MOST_CHANGES} changes are kept. Of more than {@value #MOST_UNDONE}
 * undone ranges, the first two are merged, including what was learned between them. Pinned by {@code LineageTest}.
 */
public final class Lineage {
    static final int MOST_CHANGES = 1_000;
    static final int MOST_UNDONE = 1_000;

    /** The numbers of each partition, as {@link PartitionOffsets} arranges them. */
    private long[] places;

    private long watermark;
    private long position;
    /** The specification, if it has been the only one since the start, as for most keys; then {@code changes} is empty. */
    private @Nullable String only;
    /** Null until used. */
    private @Nullable Rest rest;

    /** The parts that most keys never use. */
    private static final class Rest {
        /** Never changed in place. */
        private List<Change> changes = List.of();
        /** Never changed in place. */
        private List<Undone> undone = List.of();

        /** Null until recorded. */
        private @Nullable Interleaving order;

        private String warmStart = "";

        Rest copy() {
            Rest copy = new Rest();
            copy.changes = changes;
            copy.undone = undone;
            copy.order = order == null ? null : order.copy();
            copy.warmStart = warmStart;
            return copy;
        }
    }

    /**
     * Where another specification took effect.
     *
     * @param position samples received before it
     * @param samples learned before it
     * @param specHash of the specification
     * @param partition of the first sample received with it; -1 at the start, and for merged replicas
     * @param offset of that sample, or -1
     */
    public record Change(long position, long samples, String specHash, int partition, long offset) {
        /** A change at the start, or of merged replicas, whose first sample is not recorded. */
        public Change(long position, long samples, String specHash) {
            this(position, samples, specHash, -1, -1);
        }
    }

    /**
     * A range of learned samples that was reverted: the model diverged, or an earlier epoch was the best.
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
        places = PartitionOffsets.of(partitions, firstOffsets, offsets, windowOffsets);
        this.watermark = watermark;
        this.position = position;
        boolean isOnly = changes.size() == 1
                && changes.get(0).position() == 0
                && changes.get(0).samples() == 0;
        only = isOnly ? changes.get(0).specHash() : null;
        if (!isOnly && !changes.isEmpty()) {
            rest().changes = List.copyOf(changes);
        }
        if (!undone.isEmpty()) {
            rest().undone = List.copyOf(undone);
        }
        if (order.samples() > 0) {
            rest().order = order;
        }
    }

    private Lineage(Lineage from) {
        places = from.places.clone();
        watermark = from.watermark;
        position = from.position;
        only = from.only;
        rest = from.rest == null ? null : from.rest.copy();
    }

    private Rest rest() {
        if (rest == null) {
            rest = new Rest();
        }
        return rest;
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
            change(new Change(position, samples, specHash, partition, offset));
        } else if (only != null && only != specHash) {
            // A restored lineage has a text of its own; from now on, it shares that of the other keys.
            only = specHash;
        }
        if (inTurn) {
            order(partition);
        }
        position++;
        place(partition, offset);
        return isChange;
    }

    /**
     * Records what a replica of the model received in a round, from partitions of its own.
     *
     * @param replica lineage of the replica, whose open window is the round
     * @param received samples in the round
     * @param specHash of the specification
     * @param samples learned by all replicas before the round
     */
    public void merged(Lineage replica, long received, String specHash, long samples) {
        if (isChange(specHash)) {
            change(new Change(position, samples, specHash));
        }
        position += received;
        watermark = Math.max(watermark, replica.watermark);
        places = PartitionOffsets.merged(places, replica.places);
    }

    private void change(Change change) {
        if (change.position() == 0 && change.samples() == 0 && changes().isEmpty()) {
            only = change.specHash();
            return;
        }
        List<Change> all = new ArrayList<>(changes());
        all.add(change);
        rest().changes = List.copyOf(all.subList(Math.max(0, all.size() - MOST_CHANGES), all.size()));
        only = null;
    }

    private void order(int partition) {
        if (position == 0) {
            rest().order = new Interleaving();
        }
        Interleaving order = rest == null ? null : rest.order;
        if (order != null && order.samples() == position) {
            order.received(partition);
        }
    }

    /** Returns whether the previous sample, if any, had another specification. */
    public boolean isChange(String specHash) {
        String last = only;
        if (last == null) {
            List<Change> changes = changes();
            last = changes.isEmpty() ? null : changes.get(changes.size() - 1).specHash();
        }
        // Equal hashes are nearly always the same object.
        return last != specHash && !specHash.equals(last);
    }

    /** Records a learned sample. */
    public void learned(int partition, long offset, long eventTime) {
        watermark = Math.max(watermark, eventTime);
        PartitionOffsets.learned(places, place(partition, offset), offset);
    }

    /** Returns where a partition is in {@link #places}; adds a new one that starts at an offset. */
    private int place(int partition, long offset) {
        int at = PartitionOffsets.find(places, partition);
        if (at == places.length) {
            places = PartitionOffsets.add(places, partition, offset);
        }
        return at;
    }

    /** Returns the offsets of the samples learned in the open window. */
    public List<Event.Offsets> window() {
        return PartitionOffsets.window(places);
    }

    public void nextWindow() {
        PartitionOffsets.nextWindow(places);
    }

    /** Records that the samples learned after the first {@code after} were reverted; merges adjacent ranges. */
    public void undo(long after, long samples) {
        List<Undone> all = new ArrayList<>(undone());
        long from = after;
        while (!all.isEmpty() && all.get(all.size() - 1).samples() >= from) {
            from = Math.min(from, all.remove(all.size() - 1).after());
        }
        if (from < samples) {
            all.add(new Undone(from, samples));
        }
        while (all.size() > MOST_UNDONE) {
            Undone first = all.remove(0);
            all.set(0, new Undone(first.after(), all.get(0).samples()));
        }
        rest().undone = List.copyOf(all);
    }

    /** Returns the partitions of the samples topic, in the order first received. */
    public int[] partitions() {
        return PartitionOffsets.partitions(places);
    }

    /** Returns the first offset received from each of {@link #partitions}. */
    public long[] firstOffsets() {
        return PartitionOffsets.numbers(places, PartitionOffsets.FIRST);
    }

    /** Returns the incarnation. */
    public Incarnation origin() {
        return new Incarnation(partitions(), firstOffsets());
    }

    /** Returns the last offset learned from each of {@link #partitions}; before the first, the one before it. */
    public long[] offsets() {
        return PartitionOffsets.numbers(places, PartitionOffsets.LAST);
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
        if (only != null) {
            return List.of(new Change(0, 0, only));
        }
        return rest == null ? List.of() : rest.changes;
    }

    /** Returns the reverted ranges, in order; the first may be several merged ones. */
    public List<Undone> undone() {
        return rest == null ? List.of() : rest.undone;
    }

    /** Returns whether the order of the samples was recorded. */
    public boolean isOrdered() {
        return position > 0 && order().samples() == position;
    }

    /** Returns the order of the partitions; it has fewer samples than {@link #position} if it was not recorded. */
    public Interleaving order() {
        return rest == null || rest.order == null ? new Interleaving() : rest.order;
    }

    /** Returns the first offset of the open window of each of {@link #partitions}, or -1. */
    public long[] windowOffsets() {
        return PartitionOffsets.numbers(places, PartitionOffsets.WINDOW);
    }

    /** Returns the checksum of the last warm start, or "". */
    public String warmStart() {
        return rest == null ? "" : rest.warmStart;
    }

    public void warmStart(String checksum) {
        if (!checksum.isEmpty() || rest != null) {
            rest().warmStart = checksum;
        }
    }

    public Lineage copy() {
        return new Lineage(this);
    }

    private static long[] none(int length) {
        long[] none = new long[length];
        Arrays.fill(none, -1);
        return none;
    }
}
