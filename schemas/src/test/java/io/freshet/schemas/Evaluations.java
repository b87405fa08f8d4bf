package io.freshet.schemas;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;

/** Evaluations for tests. */
final class Evaluations {
    private Evaluations() {}

    static Evaluation of(String model, String key, Tally total, long emittedAt, boolean last) {
        return new Evaluation(
                model,
                key,
                900,
                450,
                3,
                7,
                last,
                1_000,
                emittedAt,
                total.samples() == 0 ? null : total.metrics(),
                total);
    }

    /** Returns a tally of some samples, every third of them predicted wrongly. */
    static Tally tally(Task task, int outputs, int samples) {
        Tally tally = new Tally(task, outputs);
        for (int i = 0; i < samples; i++) {
            float[] logits = new float[outputs];
            float[] prediction = new float[outputs];
            int label = i % Math.max(2, outputs);
            int said = i % 3 == 0 ? 0 : label;
            logits[outputs == 1 ? 0 : said] = outputs == 1 ? 4 * said - 2 + i % 5 : 3;
            prediction[outputs == 1 ? 0 : said] = outputs == 1 ? said * 0.75f : 0.9f;
            float[] labels = task == Task.BOX ? new float[] {0, 0, 1, 1} : new float[] {label};
            tally.add(0.125 * (i % 4), 1 + i % 2, outputs, labels, 0, 1, logits, prediction, 0);
        }
        return tally;
    }
}
