package io.freshet.job.join.score;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.learner.TallyCodec;
import io.freshet.learning.predict.AnswerScorer;
import io.freshet.schemas.loop.ServedScore;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The tallies of some answers, of the window and of all windows before it, with the losses that they expected. */
final class ServedTally {
    private final Tally window;
    private final Tally before;
    private double windowExpected;
    private double expectedBefore;

    /** @param none a tally without samples; not used afterward */
    ServedTally(Tally none) {
        this(none, none.empty());
    }

    private ServedTally(Tally window, Tally before) {
        this.window = window;
        this.before = before;
    }

    /** Adds the answer that was evaluated last. */
    void add(AnswerScorer scorer) {
        scorer.tally(window);
        windowExpected += scorer.expected();
    }

    /** Adds the answers of another tally of the same model. */
    void add(ServedTally other) {
        window.add(other.window);
        before.add(other.before);
        windowExpected += other.windowExpected;
        expectedBefore += other.expectedBefore;
    }

    void endWindow() {
        before.add(window);
        window.clear();
        expectedBefore += windowExpected;
        windowExpected = 0;
    }

    /** Returns the answers of the window. */
    long inWindow() {
        return window.samples();
    }

    long samples() {
        return window.samples() + before.samples();
    }

    ServedScore score(String dimension, String value) {
        Tally total = before.copy();
        total.add(window);
        return new ServedScore(
                dimension,
                value,
                window.samples() == 0 ? null : window.metrics(),
                total.samples() == 0 ? null : total.metrics(),
                mean(windowExpected, window.samples()),
                mean(windowExpected + expectedBefore, total.samples()));
    }

    /** A sum is NaN without probabilities. */
    private static @Nullable Double mean(double sum, long samples) {
        return samples == 0 || Double.isNaN(sum) ? null : (Double) (sum / samples);
    }

    void write(DataOutput out) throws IOException {
        TallyCodec.write(window, out);
        TallyCodec.write(before, out);
        out.writeDouble(windowExpected);
        out.writeDouble(expectedBefore);
    }

    static ServedTally read(DataInput in) throws IOException {
        ServedTally read = new ServedTally(TallyCodec.read(in), TallyCodec.read(in));
        read.windowExpected = in.readDouble();
        read.expectedBefore = in.readDouble();
        return read;
    }
}
