package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.LeadingEntries;
import io.freshet.learning.model.WeightedSum;
import io.freshet.learning.predict.Evaluator;

/**
 * Learns one sample of a linear model with one output, and reads its hashed features in place.
 *
 * <pre>
 *   z      = sum_i theta[row_i] * x_i            entry 0 is the bias
 *   g_i    = w * dL/dz * x_i
 *   theta' = step(theta, g)
 * </pre>
 *
 * Gives the same bits as {@link BatchLearner}, which packs samples and learns any model. Packing costs as much as the step of a
 * small sample: it copies rows and values, and each reference stored in a long-lived object costs a barrier of the garbage
 * collector. Pinned by {@code InPlaceLearnerTest}.
 */
final class InPlaceLearner {
    private final Standardizer standardizer;
    private final WeightedSum sum;
    private final Evaluator evaluator;
    private final Rule rule;
    private final ScoreKeeper scores;
    private final LeadingEntries leading = new LeadingEntries();

    /** @param rule that can {@link Rule#applyOne} */
    InPlaceLearner(WeightedSum sum, Standardizer standardizer, Evaluator evaluator, Rule rule, ScoreKeeper scores) {
        this.standardizer = standardizer;
        this.sum = sum;
        this.evaluator = evaluator;
        this.rule = rule;
        this.scores = scores;
    }

    /**
     * Predicts, scores, and learns a sample, except for the moments.
     *
     * @return false if the sample might have to be rejected; then nothing changed
     */
    boolean learn(LearnerState state, Sample sample) {
        float logit = logit(state, sample);
        if (sample.stage() == Stage.CHANGED) {
            evaluator.evaluateOneChange(logit, sample.label()[0], sample.previous());
        } else {
            evaluator.evaluateOne(logit, state.labelRange(), sample.label()[0]);
        }
        if (!rule.applyOne(state, sample, leading, sum.bound())) {
            return false;
        }
        if (sample.stage() == Stage.COMPLETE) {
            scores.addOne(state, sample.weight());
        }
        return true;
    }

    /** Predicts a sample, and computes its loss. */
    void predict(LearnerState state, Sample sample) {
        evaluator.evaluateOne(logit(state, sample), state.labelRange(), sample.label()[0]);
    }

    private float logit(LearnerState state, Sample sample) {
        int[] rows = sample.rows();
        leading.set(sample, standardizer, state.moments());
        return sum.total(state.weights().array(), leading, rows, sample.values(), 0, rows.length);
    }
}
