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

    private TallyCodec() {}

    static void write(Tally tally, DataOutput out) throws IOException {
        out.writeByte(TASKS.indexOf(tally.task()));
        FlatArrays.writeDoubles(tally.sums(), out);
        FlatArrays.writeDoubles(tally.classes(), out);
        writeHistogram(tally, out);
    }

    /** Writes a histogram like {@link FlatArrays#writeCounts}. That of a small model has few bins. */
    private static void writeHistogram(Tally tally, DataOutput out) throws IOException {
        int length = tally.histogramLength();
        out.writeInt(length);
        int next = 0;
        for (int from = 0; from < length; from += length / 2) {
            for (int i = from + tally.firstBin(); i < from + tally.endBin(); i++) {
                int count = tally.count(i);
                if (count > 0) {
                    FlatArrays.writeVarint(i - next, out);
                    FlatArrays.writeVarint(count, out);
                    next = i + 1;
                }
            }
        }
        if (length > 0) {
            FlatArrays.writeVarint(length - next, out);
        }
    }

    static Tally read(DataInput in) throws IOException {
        return new Tally(
                TASKS.get(in.readByte()),
                FlatArrays.readDoubles(in),
                FlatArrays.readDoubles(in),
                FlatArrays.readCounts(in));
    }
}
