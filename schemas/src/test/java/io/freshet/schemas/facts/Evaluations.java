package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import java.util.List;

/** Evaluations for tests. */
public final class Evaluations {
    static final Evaluation.Learning LEARNING = new Evaluation.Learning(
            new UpdateMetrics(12, 0.25, 3.5, 0.125, 0.5, 0.0625),
            tally(Task.BINARY, 1, 30).metrics(),
            3,
            true,
            List.of(
                    new Event(Event.Kind.DRIFT, "adwin", 12_345, 0.21, 0.48),
                    new Event(
                            Event.Kind.DIVERGENCE,
                            "divergence",
                            13_000,
                            0.2,
                            4,
                            "revert",
                            List.of(new Event.Offsets(3, 11_000, 12_999), new Event.Offsets(0, 7, 7))),
                    new Event(Event.Kind.PLATEAU, "plateau", 14_000, 0.1875, 0.1875)),
            new Evaluation.BestEpoch(1, tally(Task.BINARY, 1, 20).metrics()),
            new Evaluation.Published(870L, 1_699_999_999_000L, true));

    static final Evaluation.Progress PROGRESS = new Evaluation.Progress(1_700_000_000_000L, 12_345L, true);

    static final Incarnation ORIGIN = new Incarnation(new int[] {3, 0}, new long[] {11, 0});

    static final String SPEC_HASH = "0123456789abcdef";

    private Evaluations() {}

    /** Returns the evaluation of a model that failed. */
    public static Evaluation failed(String model, String specHash, long emittedAt) {
        return Evaluation.failed(model, specHash, "out of luck", emittedAt, Tally.of(Task.BINARY, 1));
    }

    public static Evaluation of(String model, String key, Tally total, long emittedAt, boolean last) {
        return of(model, key, total, emittedAt, last, LEARNING);
    }

    public static Evaluation of(
            String model, String key, Tally total, long emittedAt, boolean last, Evaluation.Learning learning) {
        Incarnation incarnation = learning == LEARNING ? ORIGIN : Incarnation.UNKNOWN;
        return of(new Evaluation.Subject(model, key, incarnation, SPEC_HASH), total, emittedAt, last, learning);
    }

    static Evaluation of(
            Evaluation.Subject subject, Tally total, long emittedAt, boolean last, Evaluation.Learning learning) {
        return new Evaluation(
                subject,
                new Evaluation.Counts(900, 450, 3, 20, 1),
                new Evaluation.Window(
                        7,
                        last,
                        1_000,
                        emittedAt,
                        total.samples() == 0 ? null : total.metrics(),
                        List.of(0.5, Double.NaN)),
                total,
                learning,
                learning == LEARNING ? PROGRESS : Evaluation.Progress.UNKNOWN);
    }

    /** Returns a tally of {@code samples} samples, every third of them predicted wrongly. */
    public static Tally tally(Task task, int outputs, int samples) {
        Tally tally = Tally.of(task, outputs);
        for (int i = 0; i < samples; i++) {
            float[] logits = new float[outputs];
            float[] prediction = new float[outputs];
            int label = i % Math.max(2, outputs);
            int predicted = i % 3 == 0 ? 0 : label;
            logits[outputs == 1 ? 0 : predicted] = outputs == 1 ? 4 * predicted - 2 + i % 5 : 3;
            prediction[outputs == 1 ? 0 : predicted] = outputs == 1 ? predicted * 0.75f : 0.9f;
            float[] labels = task == Task.BOX ? new float[] {0, 0, 1, 1} : new float[] {label};
            tally.add(0.125 * (i % 4), 1 + i % 2, new PredictedSamples(outputs, labels, logits, prediction), 0, 0, 1);
        }
        return tally;
    }
}
