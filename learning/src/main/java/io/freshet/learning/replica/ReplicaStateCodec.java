package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.codec.LearnerStateCodec;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.replica.ReplicaState.OpenRound;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * States of replicas as bytes, for checkpoints: a version byte, then every field. Version 2 ends with rounding errors; version 3 with
 * the specifications of its rounds, and errors if there are any. Pinned by {@code ReplicaCodecTest}.
 */
public final class ReplicaStateCodec {
    private static final byte VERSION = 1;
    private static final byte ERRORS_VERSION = 2;
    private static final byte SPECS_VERSION = 3;

    private ReplicaStateCodec() {}

    public static void write(ReplicaState state, DataOutput out) throws IOException {
        RoundingErrors errors = state.errors;
        RoundSpecs specs = state.specs;
        out.writeByte(specs != null ? SPECS_VERSION : errors != null ? ERRORS_VERSION : VERSION);
        out.writeInt(state.number);
        state.rounds.write(out);
        LearnerStateCodec.write(state.learner, out);
        out.writeInt(state.merged.layout().slots());
        for (int block = 0; block < state.merged.layout().blocks(); block++) {
            float[] values = state.merged.block(block);
            FlatArrays.writeFloats(values, values.length, out);
        }
        out.writeBoolean(state.gradients != null);
        if (state.gradients != null) {
            state.gradients.write(out);
        }
        state.counts.write(out);
        FlatArrays.writeDoubles(state.mergedMoments, out);
        FlatArrays.writeDoubles(state.scheduleMemory, out);
        out.writeLong(state.lastReceived);
        out.writeInt(state.received.size());
        for (MergedPoint point : state.received) {
            point.write(out);
        }
        out.writeInt(state.unmerged.size());
        for (Contribution contribution : state.unmerged) {
            contribution.write(out);
        }
        OpenRound open = state.open;
        out.writeBoolean(open != null);
        if (open != null) {
            out.writeLong(open.number());
            FlatArrays.writeDoubles(open.moments(), out);
            open.start().write(out);
        }
        if (specs != null) {
            specs.write(out);
            out.writeBoolean(errors != null);
        }
        if (errors != null) {
            errors.write(out);
        }
    }

    public static ReplicaState read(DataInput in) throws IOException {
        byte version = in.readByte();
        Contribution.requireVersion("replica", version, VERSION, SPECS_VERSION);
        int number = in.readInt();
        ReplicaRounds rounds = ReplicaRounds.read(in);
        LearnerState learner = LearnerStateCodec.read(in);
        StateLayout layout = learner.layout();
        Weights merged = Weights.zero(new StateLayout(layout.parameters(), layout.width(), in.readInt(), false));
        for (int block = 0; block < merged.layout().blocks(); block++) {
            merged.setBlock(block, FlatArrays.readFloats(in));
        }
        GradientSum gradients = in.readBoolean() ? GradientSum.read(layout, in) : null;
        ReplicaState state = new ReplicaState(number, rounds, merged, gradients, learner, MergedPoint.Counts.read(in));
        state.mergedMoments = FlatArrays.readDoubles(in);
        state.scheduleMemory = FlatArrays.readDoubles(in);
        state.lastReceived = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            state.receive(MergedPoint.read(in));
        }
        for (int left = in.readInt(); left > 0; left--) {
            state.unmerged.add(Contribution.read(in));
        }
        if (in.readBoolean()) {
            state.open = new OpenRound(in.readLong(), FlatArrays.readDoubles(in), Contribution.Counts.read(in));
        }
        state.specs = version == SPECS_VERSION ? RoundSpecs.read(rounds.staleness(), in) : null;
        boolean hasErrors = version == SPECS_VERSION ? in.readBoolean() : version == ERRORS_VERSION;
        state.errors = hasErrors ? RoundingErrors.read(in) : null;
        return state;
    }
}
