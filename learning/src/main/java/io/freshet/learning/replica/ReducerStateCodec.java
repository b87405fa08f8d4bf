package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.ReducerState.Source;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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
        out.writeInt(state.sources.size());
        for (Source source : state.sources) {
            source.rounds.write(out);
            out.writeBoolean(source.silent);
            out.writeBoolean(source.ended);
            out.writeInt(source.pending.size());
            for (Contribution contribution : source.pending) {
                ContributionCodec.write(contribution, out);
            }
        }
        writeSlots(state.slots, out);
        if (specs != null) {
            specs.write(out);
        }
    }

    /** @param merged state, stored elsewhere */
    public static ReducerState read(LearnerState merged, DataInput in) throws IOException {
        byte version = in.readByte();
        ContributionCodec.requireVersion("reducer", version, VERSION, SPECS_VERSION);
        ReducerState state = new ReducerState(merged);
        state.round = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            Source source = new Source(ReplicaRounds.read(in));
            source.silent = in.readBoolean();
            source.ended = in.readBoolean();
            for (int pending = in.readInt(); pending > 0; pending--) {
                source.pending.add(ContributionCodec.read(in));
            }
            state.sources.add(source);
        }
        readSlots(state.slots, in);
        if (version == SPECS_VERSION) {
            state.specs = RoundSpecs.read(state.sources.get(0).rounds.staleness(), in);
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
