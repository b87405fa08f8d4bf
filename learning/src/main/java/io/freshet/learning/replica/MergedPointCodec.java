package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.replica.MergedPoint.Closing;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Merged points as bytes: a version byte, then every field. Version 2 ends with a specification. Pinned by
 * {@code ReplicaCodecTest}.
 */
public final class MergedPointCodec {
    private static final byte VERSION = 1;
    private static final byte SPECIFICATION_VERSION = 2;

    private MergedPointCodec() {}

    public static void write(MergedPoint point, DataOutput out) throws IOException {
        String specification = point.specification();
        out.writeByte(specification == null ? VERSION : SPECIFICATION_VERSION);
        out.writeLong(point.round());
        writeMembers(point.members(), out);
        write(point.counts(), out);
        FlatArrays.writeDoubles(point.moments(), out);
        FlatArrays.writeDoubles(point.scheduleMemory(), out);
        writeBlocks(point.blocks(), out);
        if (specification != null) {
            RoundSpecs.write(specification, out);
        }
    }

    public static MergedPoint read(DataInput in) throws IOException {
        byte version = in.readByte();
        ContributionCodec.requireVersion("merged point", version, VERSION, SPECIFICATION_VERSION);
        long round = in.readLong();
        List<Member> members = readMembers(in);
        MergedPoint.Counts counts = readCounts(in);
        double[] moments = FlatArrays.readDoubles(in);
        double[] scheduleMemory = FlatArrays.readDoubles(in);
        List<MergedPoint.Block> blocks = readBlocks(in);
        String specification = version == SPECIFICATION_VERSION ? RoundSpecs.readText(in) : null;
        return new MergedPoint(round, members, blocks, moments, scheduleMemory, counts, specification);
    }

    /** Writes blocks of a point that are merged by a reducer of their own. */
    public static void writeBlocks(List<MergedPoint.Block> blocks, DataOutput out) throws IOException {
        out.writeInt(blocks.size());
        for (MergedPoint.Block block : blocks) {
            out.writeInt(block.block());
            FlatArrays.writeFloats(block.values(), block.values().length, out);
        }
    }

    public static List<MergedPoint.Block> readBlocks(DataInput in) throws IOException {
        List<MergedPoint.Block> blocks = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            blocks.add(new MergedPoint.Block(in.readInt(), FlatArrays.readFloats(in)));
        }
        return blocks;
    }

    /** Writes how a round is closed, before its blocks are merged. */
    public static void writeClosing(Closing closing, DataOutput out) throws IOException {
        writeMembers(closing.members(), out);
        out.writeBoolean(closing.specification() != null);
        if (closing.specification() != null) {
            RoundSpecs.write(closing.specification(), out);
        }
    }

    public static Closing readClosing(DataInput in) throws IOException {
        return new Closing(readMembers(in), in.readBoolean() ? RoundSpecs.readText(in) : null);
    }

    private static void writeMembers(List<Member> members, DataOutput out) throws IOException {
        out.writeInt(members.size());
        for (Member member : members) {
            ContributionCodec.write(member, out);
        }
    }

    private static List<Member> readMembers(DataInput in) throws IOException {
        List<Member> members = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            members.add(ContributionCodec.readMember(in));
        }
        return members;
    }

    static void write(MergedPoint.Counts counts, DataOutput out) throws IOException {
        out.writeLong(counts.samples());
        out.writeLong(counts.updates());
        out.writeLong(counts.otherUpdates());
    }

    static MergedPoint.Counts readCounts(DataInput in) throws IOException {
        return new MergedPoint.Counts(in.readLong(), in.readLong(), in.readLong());
    }
}
