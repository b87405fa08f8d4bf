package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.learner.LearnerState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * States of reducers as bytes, for checkpoints: a version byte, then every field except the merged state, which is stored like
 * that of any learner. Version 2 ends with the specifications of its rounds. Pinned by {@code ReplicaCodecTest}.
 */
public final class ReducerStateCodec {
    private static final byte VERSION = 1;
    private static final byte SPECS_VERSION = 2;

    private ReducerStateCodec() {}

    public static void write(ReducerState state, DataOutput out) throws IOException {
        RoundSpecs specs = state.specs;
        out.writeByte(specs == null ? VERSION : SPECS_VERSION);
        out.writeLong(state.round);
        out.writeInt(state.replicas());
        for (int replica = 0; replica < state.replicas(); replica++) {
            state.rounds.get(replica).write(out);
            out.writeBoolean(state.silent.get(replica));
            out.writeBoolean(state.inbox.hasEnded(replica));
            state.inbox.write(replica, out);
        }
        writeSlots(state.slots, out);
        if (specs != null) {
            specs.write(out);
        }
    }

    /** @param merged state, stored elsewhere */
    public static ReducerState read(LearnerState merged, DataInput in) throws IOException {
        byte version = in.readByte();
        Contribution.requireVersion("reducer", version, VERSION, SPECS_VERSION);
        long round = in.readLong();
        int replicas = in.readInt();
        List<ReplicaRounds> rounds = new ArrayList<>();
        List<List<Contribution>> pending = new ArrayList<>();
        BitSet silent = new BitSet();
        BitSet ended = new BitSet();
        for (int replica = 0; replica < replicas; replica++) {
            rounds.add(ReplicaRounds.read(in));
            silent.set(replica, in.readBoolean());
            ended.set(replica, in.readBoolean());
            pending.add(Inbox.read(Contribution::read, in));
        }
        ReducerState state = new ReducerState(merged, rounds);
        state.round = round;
        state.silent.or(silent);
        for (int replica = 0; replica < replicas; replica++) {
            state.inbox.restore(replica, rounds.get(replica).last(), ended.get(replica), pending.get(replica));
        }
        readSlots(state.slots, in);
        if (version == SPECS_VERSION) {
            state.specs = RoundSpecs.read(rounds.get(0).staleness(), in);
        }
        return state;
    }

    static void writeSlots(Map<Integer, float[][]> slots, DataOutput out) throws IOException {
        out.writeInt(slots.size());
        for (Map.Entry<Integer, float[][]> block : slots.entrySet()) {
            out.writeInt(block.getKey());
            out.writeInt(block.getValue().length);
            for (float[] slot : block.getValue()) {
                FlatArrays.writeFloats(slot, slot.length, out);
            }
        }
    }

    static void readSlots(Map<Integer, float[][]> slots, DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            int block = in.readInt();
            float[][] read = new float[in.readInt()][];
            for (int i = 0; i < read.length; i++) {
                read[i] = FlatArrays.readFloats(in);
            }
            slots.put(block, read);
        }
    }
}
