package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.codec.LearnerStateCodec;
import io.freshet.learning.codec.LineageCodec;
import io.freshet.learning.codec.TallyCodec;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.Transfer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Contributions as bytes: a version byte, then every field. Version 2 has changes of 16 bits. Pinned by
 * {@code ReplicaCodecTest}.
 */
public final class ContributionCodec {
    private static final byte VERSION = 1;
    private static final byte BFLOAT16_VERSION = 2;

    private ContributionCodec() {}

    public static void write(Contribution contribution, DataOutput out) throws IOException {
        out.writeByte(contribution.transfer() == Transfer.BFLOAT16 ? BFLOAT16_VERSION : VERSION);
        out.writeByte(LearnerStateCodec.VERSION);
        write(contribution.member(), out);
        write(contribution.counts(), out);
        out.writeInt(contribution.changes().size());
        for (BlockChange change : contribution.changes()) {
            write(change, contribution.transfer(), out);
        }
        FlatArrays.writeDoubles(contribution.moments(), out);
        TallyCodec.write(contribution.validation().window(), out);
        UpdateTally updates = contribution.validation().updates();
        FlatArrays.writeDoubles(updates.sums(), out);
        out.writeDouble(updates.learningRate());
        TallyCodec.write(contribution.validation().holdout(), out);
        LineageCodec.write(contribution.lineage(), out);
    }

    public static Contribution read(DataInput in) throws IOException {
        byte version = in.readByte();
        requireVersion("contribution", version, VERSION, BFLOAT16_VERSION);
        Transfer transfer = version == VERSION ? Transfer.FLOAT32 : Transfer.BFLOAT16;
        byte parts = in.readByte();
        Member member = readMember(in);
        Contribution.Counts counts = readCounts(in);
        List<BlockChange> changes = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            changes.add(readChange(transfer, in));
        }
        double[] moments = FlatArrays.readDoubles(in);
        Tally window = TallyCodec.read(in, parts);
        UpdateTally updates = new UpdateTally(FlatArrays.readDoubles(in), in.readDouble());
        Tally holdout = TallyCodec.read(in, parts);
        Lineage lineage = LineageCodec.read(in);
        return new Contribution(
                member,
                transfer,
                counts,
                changes,
                moments,
                new Contribution.Validation(window, updates, holdout),
                lineage);
    }

    static void requireVersion(String what, byte version, byte first, byte last) throws IOException {
        if (version < first || version > last) {
            throw new IOException(what + ": version " + version + " (expected: "
                    + (first == last ? String.valueOf(first) : first + " to " + last) + ")");
        }
    }

    static void write(Member member, DataOutput out) throws IOException {
        out.writeInt(member.replica());
        out.writeLong(member.round());
        out.writeLong(member.received());
    }

    static Member readMember(DataInput in) throws IOException {
        return new Member(in.readInt(), in.readLong(), in.readLong());
    }

    static void write(Contribution.Counts counts, DataOutput out) throws IOException {
        out.writeLong(counts.received());
        out.writeLong(counts.samples());
        out.writeLong(counts.updates());
        out.writeLong(counts.rejected());
    }

    static Contribution.Counts readCounts(DataInput in) throws IOException {
        return new Contribution.Counts(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }

    private static void write(BlockChange change, Transfer transfer, DataOutput out) throws IOException {
        out.writeInt(change.block());
        int[] coordinates = change.coordinates();
        out.writeBoolean(coordinates != null);
        if (coordinates != null) {
            FlatArrays.writeInts(coordinates, coordinates.length, out);
        }
        if (transfer == Transfer.FLOAT32) {
            FlatArrays.writeFloats(change.changes(), change.changes().length, out);
        } else {
            FlatArrays.writeUpperHalves(change.changes(), out);
        }
        FlatArrays.writeInts(change.inexact(), change.inexact().length, out);
        FlatArrays.writeFloats(change.remainders(), change.remainders().length, out);
        FlatArrays.writeFloats(change.squares(), change.squares().length, out);
    }

    private static BlockChange readChange(Transfer transfer, DataInput in) throws IOException {
        return new BlockChange(
                in.readInt(),
                in.readBoolean() ? FlatArrays.readInts(in) : null,
                transfer == Transfer.FLOAT32 ? FlatArrays.readFloats(in) : FlatArrays.readUpperHalves(in),
                FlatArrays.readInts(in),
                FlatArrays.readFloats(in),
                FlatArrays.readFloats(in));
    }
}
