package io.freshet.learning.codec;

import io.freshet.learning.lineage.Interleaving;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.lineage.Round;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lineages as bytes, for checkpoints. */
public final class LineageCodec {
    private LineageCodec() {}

    public static void write(Lineage lineage, DataOutput out) throws IOException {
        FlatArrays.writeInts(lineage.partitions(), lineage.partitions().length, out);
        FlatArrays.writeLongs(lineage.firstOffsets(), out);
        FlatArrays.writeLongs(lineage.offsets(), out);
        FlatArrays.writeLongs(lineage.windowOffsets(), out);
        out.writeLong(lineage.watermark());
        out.writeLong(lineage.position());
        out.writeInt(lineage.changes().size());
        for (Lineage.Change change : lineage.changes()) {
            out.writeLong(change.position());
            out.writeLong(change.samples());
            out.writeUTF(change.specHash());
        }
        out.writeInt(lineage.undone().size());
        for (Lineage.Undone undone : lineage.undone()) {
            out.writeLong(undone.after());
            out.writeLong(undone.samples());
        }
        out.writeUTF(lineage.warmStart());
        writeOrder(lineage.order(), out);
    }

    private static void writeOrder(Interleaving order, DataOutput out) throws IOException {
        out.writeLong(order.samples());
        out.writeInt(order.rounds().size());
        for (Map.Entry<Long, Round> round : order.rounds().entrySet()) {
            out.writeLong(round.getKey());
            int[] partitions = round.getValue().partitions();
            FlatArrays.writeInts(partitions, partitions.length, out);
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
        List<Lineage.Change> changes = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            changes.add(new Lineage.Change(
                    in.readLong(), in.readLong(), in.readUTF().intern()));
        }
        List<Lineage.Undone> undone = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            undone.add(new Lineage.Undone(in.readLong(), in.readLong()));
        }
        String warmStart = in.readUTF();
        Interleaving order = readOrder(in);
        Lineage lineage = new Lineage(
                partitions, firstOffsets, offsets, windowOffsets, watermark, position, changes, undone, order);
        lineage.warmStart(warmStart);
        return lineage;
    }
}
