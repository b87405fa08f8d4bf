package io.freshet.learning.codec;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.state.EpochProgress;
import io.freshet.learning.state.LearnerState;
import io.freshet.learning.state.OpenPredictions;
import io.freshet.learning.state.SavedState;
import io.freshet.learning.state.StateParts;
import io.freshet.learning.state.Watcher;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Learner states as bytes, for checkpoints: a version byte, then every field.
 *
 * <p>A new field is appended under a new version. Every released version stays readable, as {@code
 * LearnerStateCompatibilityTest} pins with stored bytes. Version 1 was never released and is rejected.
 * Version 2 counted logits in fixed bins. Version 3 had no sums by class
 * and no best epoch. Version 5 adds the updates of other replicas. In version 6, saved states may lack their weights, which are
 * stored elsewhere. Version 7 adds the range of labels. Version 8 adds what labels that change need: stages in the pending batch, open
 * predictions, and the count of corrections. Version 9 adds the label learned of each open prediction. A state that needs none of
 * these is written as version 4, which earlier releases read.
 */
public final class LearnerStateCodec {
    public static final byte VERSION = 9;
    private static final byte OLDEST = 2;
    /** Before this version, a state had no best epoch. */
    private static final byte BEST_VERSION = 4;
    /** Before this version, a state had no updates of other replicas. */
    private static final byte REPLICAS_VERSION = 5;
    /** Before this version, saved states had their weights. */
    private static final byte ABSENT_VERSION = 6;
    /** Before this version, a state had no range of labels. */
    private static final byte RANGE_VERSION = 7;
    /** Before this version, every label was final. */
    private static final byte REVISION_VERSION = 8;
    /** Before this version, the labels learned of open predictions were not kept. */
    private static final byte LEARNED_VERSION = 9;

    private LearnerStateCodec() {}

    public static void write(LearnerState state, DataOutput out) throws IOException {
        byte version = version(state);
        out.writeByte(version);
        out.writeLong(state.samples());
        out.writeLong(state.updates());
        out.writeLong(state.rejected());
        out.writeLong(state.windows());
        StateLayout layout = state.layout();
        out.writeInt(layout.parameters());
        out.writeInt(layout.width());
        out.writeInt(layout.slots());
        out.writeBoolean(layout.byRow());
        FlatArrays.writeFloats(state.weights().arrays(), out);
        FlatArrays.writeDoubles(state.moments(), out);
        PendingCodec.write(state.pending(), out);
        TallyCodec.write(state.window(), out);
        TallyCodec.write(state.closed(), out);
        FlatArrays.writeDoubles(state.updateWindow().sums(), out);
        out.writeDouble(state.updateWindow().learningRate());
        writeEpochProgress(state.epochProgress(), out);
        LineageCodec.write(state.lineage(), out);
        FlatArrays.writeDoubles(state.updateMemory(), out);
        WatcherCodec.write(state.watcher(), out);
        FlatArrays.writeLongs(state.blockVersions(), out);
        writeSaved(state.lastGood(), version, out);
        writeSaved(state.savedBest(), version, out);
        if (version >= REPLICAS_VERSION) {
            out.writeLong(state.otherUpdates());
        }
        if (version >= RANGE_VERSION) {
            FlatArrays.writeDoubles(state.labelRange(), out);
        }
        if (version >= REVISION_VERSION) {
            out.writeLong(state.corrections());
            writeOpen(state.openPredictions(), out);
        }
    }

    private static void writeOpen(@Nullable OpenPredictions open, DataOutput out) throws IOException {
        out.writeBoolean(open != null);
        if (open != null) {
            OpenPredictions.Parts parts = open.parts();
            out.writeInt(parts.outputs());
            FlatArrays.writeLongs(parts.ids(), out);
            FlatArrays.writeFloats(parts.logits(), parts.logits().length, out);
            FlatArrays.writeFloats(parts.weights(), parts.weights().length, out);
            out.writeLong(parts.dropped());
            out.writeLong(parts.unmatched());
            FlatArrays.writeFloats(parts.learned(), parts.learned().length, out);
        }
    }

    private static @Nullable OpenPredictions readOpen(byte version, DataInput in) throws IOException {
        if (version < REVISION_VERSION || !in.readBoolean()) {
            return null;
        }
        int outputs = in.readInt();
        long[] ids = FlatArrays.readLongs(in);
        float[] logits = FlatArrays.readFloats(in);
        float[] weights = FlatArrays.readFloats(in);
        long dropped = in.readLong();
        long unmatched = in.readLong();
        float[] learned = version < LEARNED_VERSION ? unknown(weights.length) : FlatArrays.readFloats(in);
        OpenPredictions.Parts parts =
                new OpenPredictions.Parts(outputs, ids, logits, weights, dropped, unmatched, learned);
        try {
            return OpenPredictions.restored(parts);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static float[] unknown(int labels) {
        float[] unknown = new float[labels];
        Arrays.fill(unknown, OpenPredictions.UNKNOWN);
        return unknown;
    }

    private static byte version(LearnerState state) {
        if (state.openPredictions() != null) {
            return LEARNED_VERSION;
        }
        if (state.pending().isRevised() || state.corrections() > 0) {
            return REVISION_VERSION;
        }
        if (state.labelRange().length > 0 || hasRange(state.lastGood()) || hasRange(state.savedBest())) {
            return RANGE_VERSION;
        }
        if (isAbsent(state.lastGood()) || isAbsent(state.savedBest())) {
            return ABSENT_VERSION;
        }
        return state.otherUpdates() > 0 ? REPLICAS_VERSION : BEST_VERSION;
    }

    private static boolean hasRange(@Nullable SavedState saved) {
        return saved != null && saved.labelRange().length > 0;
    }

    private static boolean isAbsent(@Nullable SavedState saved) {
        return saved != null && saved.weights().isAbsent();
    }

    public static LearnerState read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version < OLDEST || version > VERSION) {
            throw new IOException(
                    "learner state: version " + version + " (expected: " + OLDEST + " to " + VERSION + ")");
        }
        long samples = in.readLong();
        long updates = in.readLong();
        long rejected = in.readLong();
        long windows = in.readLong();
        StateLayout layout = readLayout(in);
        Weights weights = readWeights(layout, in);
        double[] moments = FlatArrays.readDoubles(in);
        Batch pending = PendingCodec.read(in);
        Tally window = TallyCodec.read(in, version);
        Tally closed = TallyCodec.read(in, version);
        UpdateTally updateWindow = new UpdateTally(FlatArrays.readDoubles(in), in.readDouble());
        EpochProgress epochProgress = readEpochProgress(in, version);
        Lineage lineage = LineageCodec.read(in);
        double[] updateMemory = FlatArrays.readDoubles(in);
        Watcher watcher = WatcherCodec.read(in);
        long[] blockVersions = FlatArrays.readLongs(in);
        SavedState lastGood = readSaved(layout, version, in);
        SavedState savedBest = version < BEST_VERSION ? null : readSaved(layout, version, in);
        long otherUpdates = version < REPLICAS_VERSION ? 0 : in.readLong();
        double[] labelRange = readRange(version, in);
        long corrections = version < REVISION_VERSION ? 0 : in.readLong();
        OpenPredictions open = readOpen(version, in);
        return new LearnerState(
                new StateParts.Learned(weights, moments, updateMemory, labelRange, blockVersions, lastGood, savedBest),
                pending,
                new StateParts.Validation(window, closed, updateWindow, epochProgress, watcher, open),
                lineage,
                new StateParts.Counts(samples, updates, rejected, windows, otherUpdates, corrections));
    }

    private static double[] readRange(byte version, DataInput in) throws IOException {
        return version < RANGE_VERSION ? Clamp.NO_LABELS : FlatArrays.readDoubles(in);
    }

    private static StateLayout readLayout(DataInput in) throws IOException {
        StateLayout layout = new StateLayout(in.readInt(), in.readInt(), in.readInt(), in.readBoolean());
        boolean fits = layout.parameters() > 0
                && layout.width() > 0
                && layout.slots() >= 0
                && layout.parameters() * (1L + layout.slots()) <= Integer.MAX_VALUE;
        if (!fits) {
            throw new IOException(layout + " (expected: parameters, rows, and slots that fit an array)");
        }
        return layout;
    }

    /** One array per slot, concatenated; empty if they are stored elsewhere. */
    private static Weights readWeights(StateLayout layout, DataInput in) throws IOException {
        int length = FlatArrays.readLength(in);
        if (length == 0) {
            return Weights.absent(layout);
        }
        if (length != layout.length()) {
            throw new IOException("weights: " + length + " (expected: " + layout.length() + ")");
        }
        Weights weights = Weights.zero(layout);
        for (float[] array : weights.arrays()) {
            FlatArrays.readValues(array, in);
        }
        return weights;
    }

    private static void writeEpochProgress(EpochProgress epochProgress, DataOutput out) throws IOException {
        TallyCodec.write(epochProgress.holdout(), out);
        out.writeInt(epochProgress.epoch());
        out.writeDouble(epochProgress.bestLoss());
        out.writeInt(epochProgress.epochsWithoutImprovement());
        out.writeBoolean(epochProgress.stopped());
        EpochProgress.Best best = epochProgress.best();
        out.writeBoolean(best != null);
        if (best != null) {
            out.writeInt(best.epoch());
            TallyCodec.write(best.holdout(), out);
        }
    }

    private static EpochProgress readEpochProgress(DataInput in, int version) throws IOException {
        return new EpochProgress(
                TallyCodec.read(in, version),
                in.readInt(),
                in.readDouble(),
                in.readInt(),
                in.readBoolean(),
                version < BEST_VERSION || !in.readBoolean()
                        ? null
                        : new EpochProgress.Best(in.readInt(), TallyCodec.read(in, version)));
    }

    private static void writeSaved(@Nullable SavedState saved, byte version, DataOutput out) throws IOException {
        out.writeBoolean(saved != null);
        if (saved != null) {
            FlatArrays.writeFloats(saved.weights().arrays(), out);
            FlatArrays.writeDoubles(saved.moments(), out);
            FlatArrays.writeDoubles(saved.updateMemory(), out);
            out.writeLong(saved.updates());
            out.writeLong(saved.samples());
            if (version >= RANGE_VERSION) {
                FlatArrays.writeDoubles(saved.labelRange(), out);
            }
        }
    }

    private static @Nullable SavedState readSaved(StateLayout layout, byte version, DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        Weights weights = readWeights(layout, in);
        double[] moments = FlatArrays.readDoubles(in);
        double[] updateMemory = FlatArrays.readDoubles(in);
        long updates = in.readLong();
        long samples = in.readLong();
        return new SavedState(weights, moments, updateMemory, readRange(version, in), updates, samples);
    }
}
