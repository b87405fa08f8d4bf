package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The merged state after a round, as far as replicas adopt it. Everything that is learned follows from the samples and the
 * sequence of these. As bytes, a version, then every field; version 2 ends with a specification. Pinned by {@code ReplicaCodecTest}.
 *
 * @param round from 1
 * @param members the contributions that were merged, in order of replica and round
 * @param blocks those that changed since the previous point
 * @param moments of the numeric features
 * @param scheduleMemory state of the learning-rate schedule
 * @param counts since the start
 * @param specification as YAML, of the rounds from {@code round} + 1 + staleness on; null if it does not change
 */
public record MergedPoint(
        long round,
        List<Member> members,
        List<Block> blocks,
        double[] moments,
        double[] scheduleMemory,
        Counts counts,
        @Nullable String specification)
        implements RoundsMessage {
    private static final byte VERSION = 1;
    private static final byte SPECIFICATION_VERSION = 2;

    /**
     * How a round was closed.
     *
     * @param members the contributions that were merged, in order of replica and round
     * @param specification that the point announces; null for none
     */
    public record Closing(List<Member> members, @Nullable String specification) {
        void write(DataOutput out) throws IOException {
            Member.write(members, out);
            out.writeBoolean(specification != null);
            if (specification != null) {
                FlatArrays.writeText(specification, out);
            }
        }

        static Closing read(DataInput in) throws IOException {
            return new Closing(Member.readAll(in), in.readBoolean() ? FlatArrays.readText(in) : null);
        }
    }

    /**
     * A block of the merged state.
     *
     * @param block its number
     * @param values parameters, then each slot that is merged
     */
    public record Block(int block, float[] values) {
        static void write(List<Block> blocks, DataOutput out) throws IOException {
            out.writeInt(blocks.size());
            for (Block each : blocks) {
                out.writeInt(each.block);
                FlatArrays.writeFloats(each.values, each.values.length, out);
            }
        }

        static List<Block> readAll(DataInput in) throws IOException {
            List<Block> blocks = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                blocks.add(new Block(in.readInt(), FlatArrays.readFloats(in)));
            }
            return blocks;
        }
    }

    /**
     * Counts of the merged state.
     *
     * @param samples learned
     * @param updates optimizer steps, of each round those of the replica with the most
     * @param otherUpdates all further steps of the replicas
     */
    public record Counts(long samples, long updates, long otherUpdates) {
        long total() {
            return updates + otherUpdates;
        }

        void write(DataOutput out) throws IOException {
            out.writeLong(samples);
            out.writeLong(updates);
            out.writeLong(otherUpdates);
        }

        static Counts read(DataInput in) throws IOException {
            return new Counts(in.readLong(), in.readLong(), in.readLong());
        }
    }

    /** Returns the point with other blocks. */
    public MergedPoint withBlocks(List<Block> others) {
        return new MergedPoint(round, members, others, moments, scheduleMemory, counts, specification);
    }

    /** Returns this point as if it had followed the one before the given one. Announcements are lost. */
    MergedPoint after(MergedPoint previous) {
        TreeMap<Integer, Block> changed = new TreeMap<>();
        previous.blocks.forEach(block -> changed.put(block.block(), block));
        blocks.forEach(block -> changed.put(block.block(), block));
        return new MergedPoint(
                round, members, List.copyOf(changed.values()), moments, scheduleMemory, counts, specification);
    }

    /** Returns whether the point merged a contribution of a replica. */
    boolean has(int replica) {
        return members.stream().anyMatch(member -> member.replica() == replica);
    }

    /** Returns how the round was closed. */
    public Closing closing() {
        return new Closing(members, specification);
    }

    @Override
    public Header header() {
        return new Header(3, TO_ALL, 0, round);
    }

    @Override
    public void readBy(Reader reader) {
        reader.merged(this);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(specification == null ? VERSION : SPECIFICATION_VERSION);
        out.writeLong(round);
        Member.write(members, out);
        counts.write(out);
        FlatArrays.writeDoubles(moments, out);
        FlatArrays.writeDoubles(scheduleMemory, out);
        Block.write(blocks, out);
        if (specification != null) {
            FlatArrays.writeText(specification, out);
        }
    }

    public static MergedPoint read(DataInput in) throws IOException {
        byte version = in.readByte();
        Contribution.requireVersion("merged point", version, VERSION, SPECIFICATION_VERSION);
        long round = in.readLong();
        List<Member> members = Member.readAll(in);
        Counts counts = Counts.read(in);
        double[] moments = FlatArrays.readDoubles(in);
        double[] scheduleMemory = FlatArrays.readDoubles(in);
        List<Block> blocks = Block.readAll(in);
        String specification = version == SPECIFICATION_VERSION ? FlatArrays.readText(in) : null;
        return new MergedPoint(round, members, blocks, moments, scheduleMemory, counts, specification);
    }
}
