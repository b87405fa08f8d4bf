package io.freshet.learning.codec;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.state.EpochProgress;
import io.freshet.learning.state.LearnerState;
import io.freshet.learning.state.OpenPredictions;
import io.freshet.learning.state.SavedState;
import io.freshet.learning.state.StateParts;
import io.freshet.learning.state.Watcher;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Learner states as bytes, for checkpoints: a version byte, then every field.
 *
 * <p>A new field is appended under a new version. Every released version stays readable, as {@code
 * LearnerStateCompatibilityTest} pins with stored bytes.
 */
public final class LearnerStateCodec {
    private static final byte VERSION = 1;

    private LearnerStateCodec() {}

    public static void write(LearnerState state, DataOutput out) throws IOException {
        out.writeByte(VERSION);
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
        writeSaved(state.lastGood(), out);
        writeSaved(state.savedBest(), out);
        out.writeLong(state.otherUpdates());
        FlatArrays.writeDoubles(state.labelRange(), out);
        out.writeLong(state.corrections());
        writeOpen(state.openPredictions(), out);
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

    private static @Nullable OpenPredictions readOpen(DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        int outputs = in.readInt();
        long[] ids = FlatArrays.readLongs(in);
        float[] logits = FlatArrays.readFloats(in);
        float[] weights = FlatArrays.readFloats(in);
        long dropped = in.readLong();
        long unmatched = in.readLong();
        float[] learned = FlatArrays.readFloats(in);
        OpenPredictions.Parts parts =
                new OpenPredictions.Parts(outputs, ids, logits, weights, dropped, unmatched, learned);
        try {
            return OpenPredictions.restored(parts);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    public static LearnerState read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("learner state: version " + version + " (expected: " + VERSION + ")");
        }
        long samples = in.readLong();
        long updates = in.readLong();
        long rejected = in.readLong();
        long windows = in.readLong();
        StateLayout layout = readLayout(in);
        Weights weights = readWeights(layout, in);
        double[] moments = FlatArrays.readDoubles(in);
        Batch pending = PendingCodec.read(in);
        Tally window = TallyCodec.read(in);
        Tally closed = TallyCodec.read(in);
        UpdateTally updateWindow = new UpdateTally(FlatArrays.readDoubles(in), in.readDouble());
        EpochProgress epochProgress = readEpochProgress(in);
        Lineage lineage = LineageCodec.read(in);
        double[] updateMemory = FlatArrays.readDoubles(in);
        Watcher watcher = WatcherCodec.read(in);
        long[] blockVersions = FlatArrays.readLongs(in);
        SavedState lastGood = readSaved(layout, in);
        SavedState savedBest = readSaved(layout, in);
        long otherUpdates = in.readLong();
        double[] labelRange = FlatArrays.readDoubles(in);
        long corrections = in.readLong();
        OpenPredictions open = readOpen(in);
        return new LearnerState(
                new StateParts.Learned(weights, moments, updateMemory, labelRange, blockVersions, lastGood, savedBest),
                pending,
                new StateParts.Validation(window, closed, updateWindow, epochProgress, watcher, open),
                lineage,
                new StateParts.Counts(samples, updates, rejected, windows, otherUpdates, corrections));
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

    private static EpochProgress readEpochProgress(DataInput in) throws IOException {
        return new EpochProgress(
                TallyCodec.read(in),
                in.readInt(),
                in.readDouble(),
                in.readInt(),
                in.readBoolean(),
                in.readBoolean() ? new EpochProgress.Best(in.readInt(), TallyCodec.read(in)) : null);
    }

    private static void writeSaved(@Nullable SavedState saved, DataOutput out) throws IOException {
        out.writeBoolean(saved != null);
        if (saved != null) {
            FlatArrays.writeFloats(saved.weights().arrays(), out);
            FlatArrays.writeDoubles(saved.moments(), out);
            FlatArrays.writeDoubles(saved.updateMemory(), out);
            out.writeLong(saved.updates());
            out.writeLong(saved.samples());
            FlatArrays.writeDoubles(saved.labelRange(), out);
        }
    }

    private static @Nullable SavedState readSaved(StateLayout layout, DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        Weights weights = readWeights(layout, in);
        double[] moments = FlatArrays.readDoubles(in);
        double[] updateMemory = FlatArrays.readDoubles(in);
        long updates = in.readLong();
        long samples = in.readLong();
        double[] labelRange = FlatArrays.readDoubles(in);
        return new SavedState(weights, moments, updateMemory, labelRange, updates, samples);
    }
}
