package io.freshet.server;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.facts.Evaluation;

/** Evaluations as a trainer sends them, without a window. */
final class Evaluated {
    private Evaluated() {}

    static Evaluation of(String model, String key, Tally total, long emittedAt, Evaluation.Progress progress) {
        return new Evaluation(
                Evaluation.Subject.of(model, key),
                new Evaluation.Counts(total.samples(), total.samples(), 0),
                new Evaluation.Window(0, false, 1, emittedAt, null),
                total,
                Evaluation.Learning.UNKNOWN,
                progress);
    }

    /** Returns the tally of one sample of a regression. */
    static Tally oneSample() {
        Tally total = Tally.of(Task.REGRESSION, 1);
        total.add(1, 1, new PredictedSamples(1, new float[] {0}, new float[] {0.5f}, new float[] {0.5f}), 0, 0, 1);
        return total;
    }
}
