package io.freshet.learning.replica;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import io.freshet.learning.learner.LearnerState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The merged state after a round, as far as replicas adopt it. Everything that is learned follows from the samples and the
 * sequence of these. As bytes, a version, then every field. Pinned by {@code ReplicaCodecTest}.
 *
 * @param closing of the round
 * @param blocks those that changed since the previous point, by block: parameters, then each slot that is merged
 */
public record MergedPoint(Closing closing, SortedMap<Integer, float[]> blocks, Totals totals) implements RoundsMessage {
    private static final byte VERSION = 1;

    /**
     * Counts of the merged state.
     *
     * @param samples learned
     * @param updates optimizer steps, of each round those of the replica with the most
     * @param otherUpdates all further steps of the replicas
     */
    public record Counts(long samples, long updates, long otherUpdates) {
        public long total() {
            return updates + otherUpdates;
        }

        public void write(DataOutput out) throws IOException {
            out.writeLong(samples);
            out.writeLong(updates);
            out.writeLong(otherUpdates);
        }

        public static Counts read(DataInput in) throws IOException {
            return new Counts(in.readLong(), in.readLong(), in.readLong());
        }
    }

    public long round() {
        return closing.round();
    }

    /**
     * The parts of a point other than its blocks.
     *
     * @param counts since the start
     * @param moments of the numeric features
     * @param updateMemory the memory of the optimizer or the schedule
     */
    public record Totals(Counts counts, double[] moments, double[] updateMemory) {
        public static Totals of(LearnerState merged) {
            return new Totals(
                    new Counts(merged.samples(), merged.updates(), merged.otherUpdates()),
                    merged.moments().clone(),
                    merged.updateMemory().clone());
        }

        public void write(DataOutput out) throws IOException {
            counts.write(out);
            FlatArrays.writeDoubles(moments, out);
            FlatArrays.writeDoubles(updateMemory, out);
        }

        public static Totals read(DataInput in) throws IOException {
            return new Totals(Counts.read(in), FlatArrays.readDoubles(in), FlatArrays.readDoubles(in));
        }
    }

    /** Returns this point as if it had followed the one before the given one. What that announced is lost. */
    public MergedPoint after(MergedPoint previous) {
        SortedMap<Integer, float[]> changed = new TreeMap<>(previous.blocks);
        changed.putAll(blocks);
        return new MergedPoint(closing, changed, totals);
    }

    /** Returns whether the point merged a contribution of a replica. */
    public boolean has(int replica) {
        return closing.members().stream().anyMatch(member -> member.replica() == replica);
    }

    @Override
    public Header header() {
        return new Header(3, TO_ALL, 0, round());
    }

    @Override
    public void readBy(Reader reader) {
        reader.merged(this);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        closing.write(out);
        totals.write(out);
        FieldCodec.writeBlocks(blocks, out);
    }

    public static MergedPoint read(DataInput in) throws IOException {
        FieldCodec.readVersion("merged point", VERSION, in);
        Closing closing = Closing.read(in);
        Totals totals = Totals.read(in);
        return new MergedPoint(closing, FieldCodec.readBlocks(in), totals);
    }
}
