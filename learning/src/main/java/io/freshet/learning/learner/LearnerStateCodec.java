package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Interleaving;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.lineage.Round;
import io.freshet.learning.loss.Task;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Learner states as bytes, for checkpoints: a version byte, then every field.
 *
 * <p>Version rule: a field is added at the end under a new version; every version ever written stays readable, and
 * {@code LearnerStateCompatibilityTest} holds bytes of each. Version 1, which no release wrote, is refused.
 */
public final class LearnerStateCodec {
    static final byte VERSION = 2;
    /** By their number in the bytes. */
    private static final List<Task> TASKS = List.of(
            Task.REGRESSION,
            Task.BINARY,
            Task.MULTICLASS,
            Task.NUMBER,
            Task.MARGIN,
            Task.MASK,
            Task.BOX,
            Task.SEQUENCE);

    /** Of a tally of two classes without samples, as most of a small model's are; never written to. */
    private static final int[] NO_COUNTS = new int[Tally.HISTOGRAM];

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
        writeTally(state.window(), out);
        writeTally(state.closed(), out);
        FlatArrays.writeDoubles(state.updateWindow().sums(), out);
        out.writeDouble(state.updateWindow().learningRate());
        writeCourse(state.course(), out);
        writeLineage(state.lineage(), out);
        FlatArrays.writeDoubles(state.scheduleMemory(), out);
        WatcherCodec.write(state.watcher(), out);
        FlatArrays.writeLongs(state.blockVersions(), out);
        writeLastGood(state.lastGood(), out);
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
        Tally window = readTally(in);
        Tally closed = readTally(in);
        UpdateTally updateWindow = new UpdateTally(FlatArrays.readDoubles(in), in.readDouble());
        EpochProgress course = readCourse(in);
        Lineage lineage = readLineage(in);
        double[] scheduleMemory = FlatArrays.readDoubles(in);
        Watcher watcher = WatcherCodec.read(in);
        BlockVersions blockVersions = BlockVersions.of(layout, FlatArrays.readLongs(in));
        LastGoodState lastGood = readLastGood(layout, in);
        return new LearnerState(
                weights,
                moments,
                pending,
                window,
                closed,
                updateWindow,
                course,
                scheduleMemory,
                watcher,
                lineage,
                blockVersions,
                lastGood,
                samples,
                updates,
                rejected,
                windows);
    }

    private static StateLayout readLayout(DataInput in) throws IOException {
        StateLayout layout = new StateLayout(in.readInt(), in.readInt(), in.readInt(), in.readBoolean());
        boolean fits = layout.parameters() > 0
                && layout.width() > 0
                && layout.slots() >= 0
                && layout.parameters() * (1L + layout.slots()) <= Integer.MAX_VALUE;
        if (!fits) {
            throw new IOException(layout + " (expected: parameters, rows and slots that an array can hold)");
        }
        return layout;
    }

    /** By slot, one array behind the other; none if they are kept elsewhere. */
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

    private static void writeTally(Tally tally, DataOutput out) throws IOException {
        out.writeByte(TASKS.indexOf(tally.task()));
        FlatArrays.writeDoubles(tally.sums(), out);
        FlatArrays.writeDoubles(tally.classes(), out);
        boolean isEmpty = tally.samples() == 0 && tally.task().isBinary();
        FlatArrays.writeCounts(isEmpty ? NO_COUNTS : tally.histogram(), out);
    }

    private static Tally readTally(DataInput in) throws IOException {
        return new Tally(
                TASKS.get(in.readByte()),
                FlatArrays.readDoubles(in),
                FlatArrays.readDoubles(in),
                FlatArrays.readCounts(in));
    }

    private static void writeCourse(EpochProgress course, DataOutput out) throws IOException {
        writeTally(course.holdout(), out);
        out.writeInt(course.epoch());
        out.writeDouble(course.bestLoss());
        out.writeInt(course.epochsWithoutImprovement());
        out.writeBoolean(course.stopped());
    }

    private static EpochProgress readCourse(DataInput in) throws IOException {
        return new EpochProgress(readTally(in), in.readInt(), in.readDouble(), in.readInt(), in.readBoolean());
    }

    private static void writeLineage(Lineage lineage, DataOutput out) throws IOException {
        FlatArrays.writeInts(lineage.partitions(), lineage.partitions().length, out);
        FlatArrays.writeLongs(lineage.firstOffsets(), out);
        FlatArrays.writeLongs(lineage.offsets(), out);
        FlatArrays.writeLongs(lineage.windowOffsets(), out);
        out.writeLong(lineage.watermark());
        out.writeLong(lineage.position());
        out.writeInt(lineage.changes().size());
        for (Lineage.Change change : lineage.changes()) {
            out.writeLong(change.position());
            out.writeLong(change.samples());
            out.writeUTF(change.specHash());
        }
        out.writeInt(lineage.undone().size());
        for (Lineage.Undone undone : lineage.undone()) {
            out.writeLong(undone.after());
            out.writeLong(undone.samples());
        }
        out.writeUTF(lineage.warmStart());
        writeOrder(lineage.order(), out);
    }

    private static void writeOrder(Interleaving order, DataOutput out) throws IOException {
        out.writeLong(order.samples());
        out.writeInt(order.rounds().size());
        for (Map.Entry<Long, Round> round : order.rounds().entrySet()) {
            out.writeLong(round.getKey());
            int[] partitions = round.getValue().partitions();
            FlatArrays.writeInts(partitions, partitions.length, out);
            FlatArrays.writeLongs(round.getValue().samples(), out);
        }
    }

    private static Interleaving readOrder(DataInput in) throws IOException {
        long samples = in.readLong();
        TreeMap<Long, Round> rounds = new TreeMap<>();
        for (int count = in.readInt(); count > 0; count--) {
            rounds.put(in.readLong(), new Round(FlatArrays.readInts(in), FlatArrays.readLongs(in)));
        }
        return new Interleaving(rounds, samples);
    }

    private static Lineage readLineage(DataInput in) throws IOException {
        int[] partitions = FlatArrays.readInts(in);
        long[] firstOffsets = FlatArrays.readLongs(in);
        long[] offsets = FlatArrays.readLongs(in);
        long[] windowOffsets = FlatArrays.readLongs(in);
        long watermark = in.readLong();
        long position = in.readLong();
        List<Lineage.Change> changes = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            changes.add(new Lineage.Change(in.readLong(), in.readLong(), in.readUTF()));
        }
        List<Lineage.Undone> undone = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            undone.add(new Lineage.Undone(in.readLong(), in.readLong()));
        }
        String warmStart = in.readUTF();
        Interleaving order = readOrder(in);
        Lineage lineage = new Lineage(
                partitions, firstOffsets, offsets, windowOffsets, watermark, position, changes, undone, order);
        lineage.warmStart(warmStart);
        return lineage;
    }

    private static void writeLastGood(@Nullable LastGoodState good, DataOutput out) throws IOException {
        out.writeBoolean(good != null);
        if (good != null) {
            FlatArrays.writeFloats(good.weights().arrays(), out);
            FlatArrays.writeDoubles(good.moments(), out);
            FlatArrays.writeDoubles(good.scheduleMemory(), out);
            out.writeLong(good.updates());
            out.writeLong(good.samples());
        }
    }

    private static @Nullable LastGoodState readLastGood(StateLayout layout, DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        return new LastGoodState(
                readWeights(layout, in),
                FlatArrays.readDoubles(in),
                FlatArrays.readDoubles(in),
                in.readLong(),
                in.readLong());
    }
}
