package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;

/**
 * States of block reducers as bytes, for checkpoints: a version byte, then every field. In version 1, changes were contributions.
 * Pinned by {@code ReplicaCodecTest}.
 */
public final class BlockReducerStateCodec {
    private static final byte CONTRIBUTIONS_VERSION = 1;
    private static final byte VERSION = 2;

    private BlockReducerStateCodec() {}

    public static void write(BlockReducerState state, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeInt(state.first);
        out.writeInt(state.specs.staleness());
        state.specs.write(out);
        out.writeLong(state.round);
        long[] last = new long[state.inbox.replicas()];
        BitSet ended = new BitSet();
        for (int replica = 0; replica < last.length; replica++) {
            last[replica] = state.inbox.last(replica);
            ended.set(replica, state.inbox.hasEnded(replica));
        }
        FlatArrays.writeLongs(last, out);
        FlatArrays.writeLongs(ended.toLongArray(), out);
        for (int replica = 0; replica < last.length; replica++) {
            state.inbox.write(replica, out);
        }
        out.writeInt(state.values.size());
        for (Map.Entry<Integer, float[]> block : state.values.entrySet()) {
            out.writeInt(block.getKey());
            FlatArrays.writeFloats(block.getValue(), block.getValue().length, out);
        }
        ReducerStateCodec.writeSlots(state.slots, out);
    }

    public static BlockReducerState read(DataInput in) throws IOException {
        byte version = in.readByte();
        Contribution.requireVersion("block reducer", version, CONTRIBUTIONS_VERSION, VERSION);
        int first = in.readInt();
        RoundSpecs specs = RoundSpecs.read(in.readInt(), in);
        long round = in.readLong();
        long[] last = FlatArrays.readLongs(in);
        BlockReducerState state = new BlockReducerState(first, specs, last.length);
        state.round = round;
        BitSet ended = BitSet.valueOf(FlatArrays.readLongs(in));
        Inbox.Source<BlockChanges> changes =
                version == VERSION ? BlockChanges::read : bytes -> BlockChanges.of(first, Contribution.read(bytes));
        for (int replica = 0; replica < last.length; replica++) {
            state.inbox.restore(replica, last[replica], ended.get(replica), Inbox.read(changes, in));
        }
        for (int left = in.readInt(); left > 0; left--) {
            state.values.put(in.readInt(), FlatArrays.readFloats(in));
        }
        ReducerStateCodec.readSlots(state.slots, in);
        return state;
    }
}
