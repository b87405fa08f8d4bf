package io.freshet.learning.learner;

import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Round;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lineages as bytes, for checkpoints. */
public final class LineageCodec {
    private LineageCodec() {}

    public static void write(Lineage lineage, DataOutput out) throws IOException {
        FlatArrays.writeInts(lineage.partitions(), out);
        FlatArrays.writeLongs(lineage.firstOffsets(), out);
        FlatArrays.writeLongs(lineage.offsets(), out);
        FlatArrays.writeLongs(lineage.windowOffsets(), out);
        out.writeLong(lineage.watermark());
        out.writeLong(lineage.position());
        FieldCodec.write(lineage.changes(), LineageCodec::writeChange, out);
        FieldCodec.write(lineage.undone(), LineageCodec::writeUndone, out);
        out.writeUTF(lineage.warmStart());
        writeOrder(lineage.order(), out);
    }

    private static void writeChange(Lineage.Change change, DataOutput out) throws IOException {
        out.writeLong(change.position());
        out.writeLong(change.samples());
        out.writeUTF(change.specHash());
        out.writeInt(change.partition());
        out.writeLong(change.offset());
    }

    private static Lineage.Change readChange(DataInput in) throws IOException {
        return new Lineage.Change(in.readLong(), in.readLong(), in.readUTF().intern(), in.readInt(), in.readLong());
    }

    private static void writeUndone(Lineage.Undone undone, DataOutput out) throws IOException {
        out.writeLong(undone.after());
        out.writeLong(undone.samples());
    }

    private static void writeOrder(Interleaving order, DataOutput out) throws IOException {
        out.writeLong(order.samples());
        out.writeInt(order.rounds().size());
        for (Map.Entry<Long, Round> round : order.rounds().entrySet()) {
            out.writeLong(round.getKey());
            FlatArrays.writeInts(round.getValue().partitions(), out);
            FlatArrays.writeLongs(round.getValue().samples(), out);
        }
    }

    private static Interleaving readOrder(DataInput in) throws IOException {
        long samples = in.readLong();
        TreeMap<Long, Round> rounds = new TreeMap<>();
        for (int count = in.readInt(); count > 0; count--) {
            rounds.put(in.readLong(), new Round(FlatArrays.readInts(in), FlatArrays.readLongs(in)));
        }
        return new Interleaving(rounds, samples);
    }

    public static Lineage read(DataInput in) throws IOException {
        int[] partitions = FlatArrays.readInts(in);
        long[] firstOffsets = FlatArrays.readLongs(in);
        long[] offsets = FlatArrays.readLongs(in);
        long[] windowOffsets = FlatArrays.readLongs(in);
        long watermark = in.readLong();
        long position = in.readLong();
        List<Lineage.Change> changes = FieldCodec.read(LineageCodec::readChange, in);
        List<Lineage.Undone> undone = FieldCodec.read(from -> new Lineage.Undone(from.readLong(), from.readLong()), in);
        String warmStart = in.readUTF();
        Interleaving order = readOrder(in);
        Lineage lineage = new Lineage(
                partitions, firstOffsets, offsets, windowOffsets, watermark, position, changes, undone, order);
        lineage.warmStart(warmStart);
        return lineage;
    }
}
