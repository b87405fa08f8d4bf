package io.freshet.learning.learner;

import io.freshet.learning.evaluation.ScorePoints;
import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.loss.Task;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tallies as bytes, for checkpoints: task, sums, classes, sums by class, and for a binary task its scores: points,
 * each with its counts, and the latest samples.
 */
public final class TallyCodec {
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

    public static void write(Tally tally, DataOutput out) throws IOException {
        out.writeByte(TASKS.indexOf(tally.task()));
        FlatArrays.writeDoubles(tally.sums(), out);
        FlatArrays.writeDoubles(tally.classes(), out);
        FlatArrays.writeDoubles(tally.classSums(), out);
        if (tally.task().isBinary()) {
            writeScores(tally.scores(), out);
        }
    }

    private static void writeScores(ScoreSketch scores, DataOutput out) throws IOException {
        ScorePoints points = scores.merged();
        FlatArrays.writeVarint(points.size(), out);
        for (int i = 0; i < points.size(); i++) {
            out.writeInt(points.keyAt(i));
            FlatArrays.writeVarint(points.negativesAt(i), out);
            FlatArrays.writeVarint(points.positivesAt(i), out);
        }
        int[] latest = scores.latest();
        FlatArrays.writeVarint(latest.length, out);
        for (int sample : latest) {
            out.writeInt(sample);
        }
    }

    public static Tally read(DataInput in) throws IOException {
        Task task = TASKS.get(in.readByte());
        double[] sums = FlatArrays.readDoubles(in);
        double[] classes = FlatArrays.readDoubles(in);
        double[] classSums = FlatArrays.readDoubles(in);
        ScoreSketch scores = task.isBinary() ? readScores(in) : ScoreSketch.of(ScorePoints.NONE);
        return Tally.restored(task, sums, classes, classSums, scores);
    }

    public static void writeUpdates(UpdateTally updates, DataOutput out) throws IOException {
        FlatArrays.writeDoubles(updates.sums(), out);
        out.writeDouble(updates.learningRate());
    }

    public static UpdateTally readUpdates(DataInput in) throws IOException {
        return new UpdateTally(FlatArrays.readDoubles(in), in.readDouble());
    }

    private static ScoreSketch readScores(DataInput in) throws IOException {
        int points = FlatArrays.readVarint(in);
        IntStream.Builder keys = IntStream.builder();
        IntStream.Builder counts = IntStream.builder();
        for (int i = 0; i < points; i++) {
            keys.add(in.readInt());
            counts.add(FlatArrays.readVarint(in));
            counts.add(FlatArrays.readVarint(in));
        }
        IntStream.Builder latest = IntStream.builder();
        for (int left = FlatArrays.readVarint(in); left > 0; left--) {
            latest.add(in.readInt());
        }
        return ScoreSketch.of(
                ScorePoints.of(keys.build().toArray(), counts.build().toArray()),
                latest.build().toArray());
    }
}
