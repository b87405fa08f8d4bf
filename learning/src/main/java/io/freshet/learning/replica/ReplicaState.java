package io.freshet.learning.replica;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.model.StateLayout;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a replica needs to continue learning. Changed by {@link Replica}.
 *
 * <p>Its size is bounded, however long the replica is silent. A round starts from point 0 or from a point that merged one of the
 * replica's own contributions ({@link ReplicaRounds#base}), and adopting a point overwrites blocks. So any other point is folded into
 * the next one that is received: of each block, the later values remain. A point that merged one of the own contributions before the
 * last {@code staleness + 1} is at most the base of the last round opened, and thus adopted. So at most {@code staleness + 1} bases
 * and one other point remain, plus one for each round that the replica learns again after a failure. Pinned by {@code
 * SilentReplicaTest}.
 *
 * <p>As bytes, a version, then every field. Pinned by {@code ReplicaCodecTest}.
 */
public final class ReplicaState {
    private static final byte VERSION = 1;

    final int number;
    final ReplicaRounds rounds;
    final RoundSpecs specs;
    /**
     * The last point adopted, by block: the parameters, and then the slots if they are merged. The arrays are those of the points, so they must
     * not be changed.
     */
    final float[][] merged;

    /** Points that were received but not adopted: see {@link #receive}. */
    final Deque<MergedPoint> received = new ArrayDeque<>();
    /** Contributions that the last point adopted lacks, in order. */
    final List<Contribution> unmerged = new ArrayList<>();

    /** Null unless the replica contributes gradients. */
    final @Nullable GradientSum gradients;

    LearnerState learner;
    /** The totals of the last point adopted. */
    MergedPoint.Totals totals;

    /** The number of the last point received. */
    long lastReceived;
    /** Null between rounds. */
    @Nullable OpenRound open;

    /**
     * The round that is being learned.
     *
     * @param number of the round
     * @param moments of its samples alone; changed in place
     * @param start counts of the replica when it opened
     */
    record OpenRound(long number, double[] moments, Contribution.Counts start) {
        private void write(DataOutput out) throws IOException {
            out.writeLong(number);
            FlatArrays.writeDoubles(moments, out);
            start.write(out);
        }

        private static OpenRound read(DataInput in) throws IOException {
            return new OpenRound(in.readLong(), FlatArrays.readDoubles(in), Contribution.Counts.read(in));
        }
    }

    ReplicaState(
            int number,
            ReplicaRounds rounds,
            RoundSpecs specs,
            float[][] merged,
            @Nullable GradientSum gradients,
            LearnerState learner) {
        this.gradients = gradients;
        this.number = number;
        this.rounds = rounds;
        this.specs = specs;
        this.merged = merged;
        this.learner = learner;
        totals = MergedPoint.Totals.of(learner);
    }

    /** Keeps a point until a round opens from it. One that no round of this replica can open from is folded into the next. */
    void receive(MergedPoint point) {
        MergedPoint last = received.peekLast();
        boolean isFolded = last != null && !last.has(number);
        if (isFolded) {
            received.removeLast();
        }
        received.add(isFolded ? point.after(last) : point);
    }

    /** Returns the number of the replica, from 0. */
    public int number() {
        return number;
    }

    /** Returns the state of the replica's learner, between samples. */
    public LearnerState learner() {
        return learner;
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeInt(number);
        rounds.write(out);
        specs.write(out);
        LearnerStateCodec.write(learner, out);
        out.writeInt(merged[0].length / learner.layout().blockEnd(0) - 1);
        for (float[] values : merged) {
            FlatArrays.writeFloats(values, out);
        }
        FieldCodec.writeOptional(gradients, GradientSum::write, out);
        totals.write(out);
        out.writeLong(lastReceived);
        FieldCodec.write(received, MergedPoint::write, out);
        FieldCodec.write(unmerged, Contribution::write, out);
        FieldCodec.writeOptional(open, OpenRound::write, out);
    }

    public static ReplicaState read(DataInput in) throws IOException {
        FieldCodec.readVersion("replica", VERSION, in);
        int number = in.readInt();
        ReplicaRounds rounds = ReplicaRounds.read(in);
        RoundSpecs specs = RoundSpecs.read(rounds.staleness(), in);
        LearnerState learner = LearnerStateCodec.read(in);
        StateLayout layout = learner.layout();
        int parts = 1 + in.readInt();
        float[][] merged = new float[layout.blocks()][];
        for (int block = 0; block < merged.length; block++) {
            merged[block] = FlatArrays.readFloats(in);
            int length = parts * (layout.blockEnd(block) - layout.blockStart(block));
            if (merged[block].length != length) {
                throw new IOException(
                        "block " + block + ": " + merged[block].length + " numbers (expected: " + length + ")");
            }
        }
        GradientSum gradients = FieldCodec.readOptional(from -> GradientSum.read(layout, from), in);
        ReplicaState state = new ReplicaState(number, rounds, specs, merged, gradients, learner);
        state.totals = MergedPoint.Totals.read(in);
        state.lastReceived = in.readLong();
        FieldCodec.read(MergedPoint::read, in).forEach(state::receive);
        state.unmerged.addAll(FieldCodec.read(Contribution::read, in));
        state.open = FieldCodec.readOptional(OpenRound::read, in);
        return state;
    }
}
