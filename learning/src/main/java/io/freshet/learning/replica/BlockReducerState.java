package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.codec.ListCodec;
import io.freshet.learning.rounds.BlockChanges;
import io.freshet.learning.rounds.Contribution;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The merged values of some blocks, and the changes that they lack. Changed by {@link Reducer}. As bytes, a version, then every field.
 * Pinned by {@code ReplicaCodecTest}.
 */
public final class BlockReducerState extends Inbox<BlockChanges> {
    private static final byte VERSION = 1;

    private final int first;
    /** By block: the parameters, then each slot that is merged. */
    final SortedMap<Integer, float[]> values = new TreeMap<>();

    BlockReducerState(int first, int replicas, RoundSpecs specs) {
        super(replicas, specs);
        this.first = first;
    }

    /** Returns the first block, which identifies the reducer. */
    public int first() {
        return first;
    }

    @Override
    float[] values(int block, int parts) {
        return Objects.requireNonNull(values.get(block)).clone();
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeInt(first);
        out.writeInt(specs.staleness());
        specs.write(out);
        out.writeLong(round);
        long[] last = new long[replicas()];
        BitSet ended = new BitSet();
        for (int replica = 0; replica < last.length; replica++) {
            last[replica] = last(replica);
            ended.set(replica, hasEnded(replica));
        }
        FlatArrays.writeLongs(last, out);
        FlatArrays.writeLongs(ended.toLongArray(), out);
        for (int replica = 0; replica < last.length; replica++) {
            ListCodec.write(pending(replica), BlockChanges::write, out);
        }
        ListCodec.writeBlocks(values, out);
        writeSlots(out);
    }

    public static BlockReducerState read(DataInput in) throws IOException {
        Contribution.requireVersion("block reducer", in.readByte(), VERSION);
        int first = in.readInt();
        RoundSpecs specs = RoundSpecs.read(in.readInt(), in);
        long round = in.readLong();
        long[] last = FlatArrays.readLongs(in);
        BitSet ended = BitSet.valueOf(FlatArrays.readLongs(in));
        BlockReducerState state = new BlockReducerState(first, last.length, specs);
        state.round = round;
        for (int replica = 0; replica < last.length; replica++) {
            state.restore(replica, last[replica], ended.get(replica), ListCodec.read(BlockChanges::read, in));
        }
        state.values.putAll(ListCodec.readBlocks(in));
        state.readSlots(in);
        return state;
    }
}
