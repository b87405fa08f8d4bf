package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

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
        TallyCodec.writeUpdates(state.updateWindow(), out);
        writeEpochProgress(state.epochProgress(), out);
        LineageCodec.write(state.lineage(), out);
        FlatArrays.writeDoubles(state.updateMemory(), out);
        WatcherCodec.write(state.watcher(), out);
        FlatArrays.writeLongs(state.blockVersions(), out);
        FieldCodec.writeOptional(state.lastGood(), LearnerStateCodec::writeSaved, out);
        FieldCodec.writeOptional(state.savedBest(), LearnerStateCodec::writeSaved, out);
        out.writeLong(state.otherUpdates());
        FlatArrays.writeDoubles(state.labelRange(), out);
        out.writeLong(state.corrections());
        FieldCodec.writeOptional(state.openPredictions(), LearnerStateCodec::writeOpen, out);
    }

    private static void writeOpen(OpenPredictions open, DataOutput out) throws IOException {
        OpenPredictions.Parts parts = open.parts();
        out.writeInt(parts.outputs());
        FlatArrays.writeLongs(parts.ids(), out);
        FlatArrays.writeFloats(parts.logits(), out);
        FlatArrays.writeFloats(parts.weights(), out);
        out.writeLong(parts.dropped());
        out.writeLong(parts.unmatched());
        FlatArrays.writeFloats(parts.learned(), out);
    }

    private static OpenPredictions readOpen(DataInput in) throws IOException {
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
        FieldCodec.readVersion("learner state", VERSION, in);
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
        UpdateTally updateWindow = TallyCodec.readUpdates(in);
        EpochProgress epochProgress = readEpochProgress(in);
        Lineage lineage = LineageCodec.read(in);
        double[] updateMemory = FlatArrays.readDoubles(in);
        Watcher watcher = WatcherCodec.read(in);
        long[] blockVersions = FlatArrays.readLongs(in);
        SavedState lastGood = FieldCodec.readOptional(from -> readSaved(layout, from), in);
        SavedState savedBest = FieldCodec.readOptional(from -> readSaved(layout, from), in);
        long otherUpdates = in.readLong();
        double[] labelRange = FlatArrays.readDoubles(in);
        long corrections = in.readLong();
        OpenPredictions open = FieldCodec.readOptional(LearnerStateCodec::readOpen, in);
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
        FieldCodec.writeOptional(epochProgress.best(), LearnerStateCodec::writeBest, out);
    }

    private static void writeBest(EpochProgress.Best best, DataOutput out) throws IOException {
        out.writeInt(best.epoch());
        TallyCodec.write(best.holdout(), out);
    }

    private static EpochProgress readEpochProgress(DataInput in) throws IOException {
        return new EpochProgress(
                TallyCodec.read(in),
                in.readInt(),
                in.readDouble(),
                in.readInt(),
                in.readBoolean(),
                FieldCodec.readOptional(from -> new EpochProgress.Best(from.readInt(), TallyCodec.read(from)), in));
    }

    private static void writeSaved(SavedState saved, DataOutput out) throws IOException {
        FlatArrays.writeFloats(saved.weights().arrays(), out);
        FlatArrays.writeDoubles(saved.moments(), out);
        FlatArrays.writeDoubles(saved.updateMemory(), out);
        out.writeLong(saved.updates());
        out.writeLong(saved.samples());
        FlatArrays.writeDoubles(saved.labelRange(), out);
    }

    private static SavedState readSaved(StateLayout layout, DataInput in) throws IOException {
        Weights weights = readWeights(layout, in);
        double[] moments = FlatArrays.readDoubles(in);
        double[] updateMemory = FlatArrays.readDoubles(in);
        long updates = in.readLong();
        long samples = in.readLong();
        double[] labelRange = FlatArrays.readDoubles(in);
        return new SavedState(weights, moments, updateMemory, labelRange, updates, samples);
    }
}
