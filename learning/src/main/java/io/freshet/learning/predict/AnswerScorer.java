package io.freshet.learning.predict;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.spec.ModelSpec;

/**
 * Scores predictions that were answered earlier, each against its label, with the same loss and metrics as progressive validation:
 * the loss is evaluated at the logits of the prediction. Each answer has weight 1. Pinned by {@code AnswerScorerTest}. Not
 * thread-safe.
 */
public final class AnswerScorer {
    private final Loss loss;
    private final int outputs;
    private final float[] label = new float[1];
    private final float[] answered;
    private final OutputArrays arrays;
    private final PredictedSamples sample;
    private double last;

    /** @param spec of a model whose label is one number or class */
    public AnswerScorer(ModelSpec spec) {
        loss = spec.loss();
        outputs = spec.outputs();
        answered = new float[spec.logitCount()];
        float[] logits = new float[answered.length];
        arrays = new OutputArrays(logits, new float[answered.length], new float[answered.length]);
        sample = new PredictedSamples(outputs, spec.reporting().topK(), label, logits, answered);
    }

    /**
     * Evaluates an answer.
     *
     * @param prediction as answered, of any length; not changed
     * @return false if it is not a prediction of the model, or the label is not one of its labels
     */
    public boolean evaluate(float[] prediction, double label) {
        this.label[0] = (float) label;
        if (prediction.length != answered.length || loss.labelExpectation(this.label, outputs) != null) {
            return false;
        }
        System.arraycopy(prediction, 0, answered, 0, answered.length);
        if (!loss.invert(answered, 0, outputs, arrays.logits())) {
            return false;
        }
        last = loss.evaluate(arrays, 0, outputs, this.label, 0);
        return Math.abs(last) <= Double.MAX_VALUE;
    }

    /** Adds the evaluated answer to a tally. */
    public void tally(Tally tally) {
        tally.add(last, 1, sample, 0, 0, 1);
    }

    /** Returns the loss that the evaluated answer itself expects, as {@link Loss#expected}. */
    public double expected() {
        return loss.expected(answered, 0, outputs);
    }
}
