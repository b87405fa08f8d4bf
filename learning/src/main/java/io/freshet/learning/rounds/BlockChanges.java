package io.freshet.learning.rounds;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.codec.ListCodec;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.Transfer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * The part of a contribution that changes some blocks. To the reducer of these blocks. As bytes, a version, then every field. Pinned by
 * {@code ReplicaCodecTest}.
 *
 * @param first block of the reducer
 * @param weight of the contribution in its round: the samples that it learned; for gradients, the weight of their batches
 * @param changes of the parameters, in the order of their blocks
 */
public record BlockChanges(
        int first, ContributionId member, Transfer transfer, double weight, List<BlockChange> changes)
        implements RoundsMessage.Contributed {
    private static final byte VERSION = 1;

    /** Returns whether no number has overflowed. */
    public boolean isFinite() {
        for (BlockChange change : changes) {
            for (float number : change.changes()) {
                if (!Float.isFinite(number)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public Header header() {
        return new Header(5, RoundsMessage.toBlocks(first), member.replica(), member.round());
    }

    @Override
    public void readBy(Reader reader) {
        reader.changed(this);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeInt(first);
        member.write(out);
        out.writeUTF(transfer.name());
        out.writeDouble(weight);
        write(changes, transfer, out);
    }

    public static BlockChanges read(DataInput in) throws IOException {
        Contribution.requireVersion("changes", in.readByte(), VERSION);
        int first = in.readInt();
        ContributionId member = ContributionId.read(in);
        Transfer transfer = Transfer.valueOf(in.readUTF());
        return new BlockChanges(first, member, transfer, in.readDouble(), readAll(transfer, in));
    }

    static void write(List<BlockChange> changes, Transfer transfer, DataOutput out) throws IOException {
        ListCodec.write(changes, (change, to) -> write(change, transfer, to), out);
    }

    static List<BlockChange> readAll(Transfer transfer, DataInput bytes) throws IOException {
        return ListCodec.read(
                in -> new BlockChange(
                        in.readInt(),
                        in.readBoolean() ? FlatArrays.readInts(in) : null,
                        transfer == Transfer.FLOAT32 ? FlatArrays.readFloats(in) : FlatArrays.readUpperHalves(in),
                        FlatArrays.readInts(in),
                        FlatArrays.readFloats(in),
                        FlatArrays.readFloats(in)),
                bytes);
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
}
