package io.freshet.learning.learner;

import io.freshet.learning.batch.LeadingEntries;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.network.Network;
import io.freshet.learning.network.WeightedSum;
import io.freshet.learning.parameters.Gradient;
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
    private final Updater updater;
    private final Gradient gradient;
    private final LeadingEntries leading = new LeadingEntries();

    /** @param updater that can {@link Updater#updateInPlace} */
    InPlaceLearner(Network network, WeightedSum sum, Standardizer standardizer, Evaluator evaluator, Updater updater) {
        this.standardizer = standardizer;
        this.sum = sum;
        this.evaluator = evaluator;
        this.updater = updater;
        gradient = network.gradient();
    }

    /**
     * Predicts, scores, and learns a sample, except for the moments.
     *
     * @return false if the sample might have to be rejected; then nothing changed
     */
    boolean learn(LearnerState state, Sample sample) {
        float[] parameters = state.weights().array();
        int[] rows = sample.rows();
        leading.set(sample, standardizer, state.moments());
        float logit = sum.total(parameters, leading, rows, sample.values(), 0, rows.length);
        evaluator.evaluateOne(logit, sample.label()[0]);
        float factor = evaluator.derivative() * sample.weight();
        // Also false if the derivative is not finite.
        boolean isFit = sum.bound() * Math.abs(factor) <= BatchLearner.LARGEST_GRADIENT;
        if (!isFit || !(Math.abs(evaluator.loss(0)) <= Double.MAX_VALUE)) {
            return false;
        }
        state.learned(sample, leading);
        if (state.updateWindow().measures(state.updates())) {
            updateMeasured(state, sample, factor);
        } else {
            updater.updateInPlace(state, sample, leading, factor);
        }
        evaluator.tallyOne(sample.weight(), state.window());
        return true;
    }

    /** Measures the norms, which needs all entries in one gradient. */
    private void updateMeasured(LearnerState state, Sample sample, float factor) {
        gradient.clear();
        gradient.append(leading.rows(), leading.values(), 0, leading.count(), factor);
        gradient.append(sample.rows(), sample.values(), 0, sample.rows().length, factor);
        updater.update(state, gradient, 1);
    }
}
