package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;
import java.util.Deque;
import java.util.Map;

/** States of block reducers as bytes, for checkpoints: a version byte, then every field. Pinned by {@code ReplicaCodecTest}. */
public final class BlockReducerStateCodec {
    private static final byte VERSION = 1;

    private BlockReducerStateCodec() {}

    public static void write(BlockReducerState state, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeInt(state.first);
        out.writeInt(state.specs.staleness());
        state.specs.write(out);
        out.writeLong(state.round);
        FlatArrays.writeLongs(state.lastContributed, out);
        FlatArrays.writeLongs(state.ended.toLongArray(), out);
        for (Deque<Contribution> pending : state.pending) {
            out.writeInt(pending.size());
            for (Contribution contribution : pending) {
                ContributionCodec.write(contribution, out);
            }
        }
        out.writeInt(state.values.size());
        for (Map.Entry<Integer, float[]> block : state.values.entrySet()) {
            out.writeInt(block.getKey());
            FlatArrays.writeFloats(block.getValue(), block.getValue().length, out);
        }
        ReducerStateCodec.writeSlots(state.slots, out);
    }

    public static BlockReducerState read(DataInput in) throws IOException {
        ContributionCodec.requireVersion("block reducer", in.readByte(), VERSION, VERSION);
        int first = in.readInt();
        RoundSpecs specs = RoundSpecs.read(in.readInt(), in);
        long round = in.readLong();
        long[] lastContributed = FlatArrays.readLongs(in);
        BlockReducerState state = new BlockReducerState(first, specs, lastContributed.length);
        state.round = round;
        System.arraycopy(lastContributed, 0, state.lastContributed, 0, lastContributed.length);
        state.ended.or(BitSet.valueOf(FlatArrays.readLongs(in)));
        for (Deque<Contribution> pending : state.pending) {
            for (int left = in.readInt(); left > 0; left--) {
                pending.add(ContributionCodec.read(in));
            }
        }
        for (int left = in.readInt(); left > 0; left--) {
            state.values.put(in.readInt(), FlatArrays.readFloats(in));
        }
        ReducerStateCodec.readSlots(state.slots, in);
        return state;
    }
}
