package io.freshet.learning.codec;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** Tallies as bytes, for checkpoints. */
final class TallyCodec {
    /** Indexed by their number on the wire. */
    private static final List<Task> TASKS = List.of(
            Task.REGRESSION,
            Task.BINARY,
            Task.MULTICLASS,
            Task.NUMBER,
            Task.MARGIN,
            Task.MASK,
            Task.BOX,
            Task.SEQUENCE);

    /** The histogram of a binary tally without samples, as most are in a small model; never written to. */
    private static final int[] NO_COUNTS = new int[Tally.HISTOGRAM];

    private TallyCodec() {}

    static void write(Tally tally, DataOutput out) throws IOException {
        out.writeByte(TASKS.indexOf(tally.task()));
        FlatArrays.writeDoubles(tally.sums(), out);
        FlatArrays.writeDoubles(tally.classes(), out);
        boolean isEmpty = tally.samples() == 0 && tally.task().isBinary();
        FlatArrays.writeCounts(isEmpty ? NO_COUNTS : tally.histogram(), out);
    }

    static Tally read(DataInput in) throws IOException {
        return new Tally(
                TASKS.get(in.readByte()),
                FlatArrays.readDoubles(in),
                FlatArrays.readDoubles(in),
                FlatArrays.readCounts(in));
    }
}
