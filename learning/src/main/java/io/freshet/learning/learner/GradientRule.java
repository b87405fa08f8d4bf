package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.LeadingEntries;
import io.freshet.learning.model.Network;
import io.freshet.learning.predict.Evaluator;

/** Steps along the mean gradient of the samples. */
final class GradientRule implements Rule {
    private final Evaluator evaluator;
    private final Updater updater;
    private final Gradient gradient;
    private final boolean steps;

    /** @param steps whether to step; otherwise, the gradient is left to the caller */
    GradientRule(Network network, Evaluator evaluator, Updater updater, boolean steps) {
        this.evaluator = evaluator;
        this.updater = updater;
        this.steps = steps;
        gradient = network.gradient();
    }

    /** Returns the gradient of the last batch, overwritten by the next. */
    Gradient gradient() {
        return gradient;
    }

    /** Measures the norm of the gradient, before an update by other means. */
    double measure(LearnerState state) {
        return updater.measure(state, gradient);
    }

    /** Returns the norm of the change of the parameters in the rows of the gradient since {@link #measure}. */
    double change(LearnerState state) {
        return updater.change(state, gradient);
    }

    @Override
    public void clear() {
        gradient.clear();
    }

    @Override
    public float add(LearnerState state, Batch batch, int from, int to, double total) {
        for (int i = from; i < to; i++) {
            double share = total > 0 ? BatchLearner.weight(batch, i) / total : 0;
            evaluator.scale(i - from, (float) share);
        }
        return evaluator.backward(state.weights().array(), batch, from, to, gradient);
    }

    @Override
    public float largestMagnitude() {
        return gradient.largestMagnitude();
    }

    @Override
    public void apply(LearnerState state, Batch batch) {
        if (steps) {
            updater.update(state, gradient, batch.size(), batch.changed() < batch.size());
        }
        state.learned(batch, gradient);
    }

    @Override
    public boolean learnsInPlace() {
        return updater.updatesInPlace();
    }

    @Override
    public boolean applyOne(LearnerState state, Sample sample, LeadingEntries leading, float bound) {
        float factor = evaluator.derivative(sample.weight());
        // Also false if the derivative is not finite.
        boolean isFit = bound * Math.abs(factor) <= BatchLearner.LARGEST_GRADIENT;
        if (!isFit || !(Math.abs(evaluator.loss(0)) <= Double.MAX_VALUE)) {
            return false;
        }
        state.learned(sample, leading);
        if (state.updateWindow().measures(state.updates())) {
            updateMeasured(state, sample, leading, factor);
        } else {
            updater.updateInPlace(state, sample, leading, factor);
        }
        return true;
    }

    /** Measures the norms, which needs all entries in one gradient. */
    private void updateMeasured(LearnerState state, Sample sample, LeadingEntries leading, float factor) {
        set(sample, leading, factor);
        updater.update(state, gradient, 1, sample.stage() != Stage.CHANGED);
    }

    /** Sets the gradient to that of one sample. */
    void set(Sample sample, LeadingEntries leading, float factor) {
        gradient.clear();
        gradient.append(leading.rows(), leading.values(), 0, leading.count(), factor);
        gradient.append(sample.rows(), sample.values(), 0, sample.rows().length, factor);
    }
}
