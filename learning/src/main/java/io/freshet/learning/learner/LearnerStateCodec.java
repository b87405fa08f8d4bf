package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.model.Batch;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Learner states as bytes, for checkpoints: a version byte, then every field.
 *
 * <p>Version rule: a field is added at the end under a new version; every version ever written stays readable, and
 * {@code LearnerStateCompatibilityTest} holds bytes of each.
 */
public final class LearnerStateCodec {
    static final byte VERSION = 1;
    private static final Task[] TASKS = {Task.REGRESSION, Task.BINARY, Task.MULTICLASS};

    private LearnerStateCodec() {}

    public static void write(LearnerState state, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(state.samples());
        out.writeLong(state.updates());
        out.writeLong(state.rejected());
        out.writeLong(state.windows());
        FlatArrays.writeFloats(state.weights(), state.weights().length, out);
        FlatArrays.writeDoubles(state.moments(), out);
        writeBatch(state.pending(), out);
        writeTally(state.window(), out);
        writeTally(state.total(), out);
        Lineage lineage = state.lineage();
        FlatArrays.writeInts(lineage.partitions(), lineage.partitions().length, out);
        for (long offset : lineage.offsets()) {
            out.writeLong(offset);
        }
        out.writeLong(lineage.watermark());
    }

    public static LearnerState read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("learner state: version " + version + " (expected: 1 to " + VERSION + ")");
        }
        long samples = in.readLong();
        long updates = in.readLong();
        long rejected = in.readLong();
        long windows = in.readLong();
        float[] weights = FlatArrays.readFloats(in);
        double[] moments = FlatArrays.readDoubles(in);
        Batch pending = readBatch(in);
        Tally window = readTally(in);
        Tally total = readTally(in);
        int[] partitions = FlatArrays.readInts(in);
        long[] offsets = new long[partitions.length];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = in.readLong();
        }
        Lineage lineage = new Lineage(partitions, offsets, in.readLong());
        return new LearnerState(weights, moments, pending, window, total, lineage, samples, updates, rejected, windows);
    }

    private static void writeBatch(Batch batch, DataOutput out) throws IOException {
        out.writeInt(batch.outputs());
        out.writeInt(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            int from = batch.from(i);
            int length = batch.to(i) - from;
            FlatArrays.writeInts(Arrays.copyOfRange(batch.rows(), from, from + length), length, out);
            FlatArrays.writeFloats(Arrays.copyOfRange(batch.values(), from, from + length), length, out);
            int k = batch.outputs();
            FlatArrays.writeFloats(Arrays.copyOfRange(batch.delta(), i * k, (i + 1) * k), k, out);
            out.writeFloat(batch.weight(i));
            out.writeInt(batch.partition(i));
            out.writeLong(batch.offset(i));
            out.writeLong(batch.eventTime(i));
        }
    }

    private static Batch readBatch(DataInput in) throws IOException {
        Batch batch = new Batch(in.readInt());
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            batch.restore(
                    FlatArrays.readInts(in),
                    FlatArrays.readFloats(in),
                    FlatArrays.readFloats(in),
                    in.readFloat(),
                    in.readInt(),
                    in.readLong(),
                    in.readLong());
        }
        return batch;
    }

    private static void writeTally(Tally tally, DataOutput out) throws IOException {
        out.writeByte(Arrays.asList(TASKS).indexOf(tally.task()));
        FlatArrays.writeDoubles(tally.sums(), out);
        FlatArrays.writeDoubles(tally.classes(), out);
        FlatArrays.writeInts(tally.histogram(), tally.histogram().length, out);
    }

    private static Tally readTally(DataInput in) throws IOException {
        return new Tally(
                TASKS[in.readByte()], FlatArrays.readDoubles(in), FlatArrays.readDoubles(in), FlatArrays.readInts(in));
    }
}
