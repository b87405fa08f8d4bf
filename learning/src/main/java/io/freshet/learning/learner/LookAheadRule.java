package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.LeadingEntries;
import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.optimizer.SampleStep;
import io.freshet.learning.predict.Evaluator;
import io.freshet.learning.spec.ModelSpec;

/**
 * Hands the samples of a linear model to an optimizer that looks at the loss itself. Those of a batch are learned in turn, each with
 * the parameters that the one before left; only predictions and scores are from before the batch.
 */
final class LookAheadRule implements Rule {
    private final LookAhead optimizer;
    private final Evaluator evaluator;
    /** To measure norms. */
    private final GradientRule gradients;

    private final int outputs;
    private final double learningRate;
    private final SampleStep step;

    LookAheadRule(ModelSpec spec, LookAhead optimizer, Evaluator evaluator, GradientRule gradients) {
        this.optimizer = optimizer;
        this.evaluator = evaluator;
        this.gradients = gradients;
        outputs = spec.outputs();
        learningRate = spec.training().learningRate();
        step = new SampleStep(spec.loss(), spec.outputs(), learningRate, optimizer.numbersPerEntry());
    }

    @Override
    public void clear() {
        gradients.clear();
    }

    /** A gradient of any finite size can be learned. */
    @Override
    public float add(LearnerState state, Batch batch, int from, int to, double total) {
        if (batch.size() == 1) {
            step.predicted(evaluator.logits(), evaluator.gradients());
        }
        for (int i = from; i < to; i++) {
            step.reserve(batch.to(i) - batch.from(i));
        }
        for (int i = 0; i < (to - from) * outputs; i++) {
            if (!isFinite(evaluator.logits()[i])) {
                return Float.NaN;
            }
        }
        if (measures(state, batch.size())) {
            gradients.add(state, batch, from, to, total);
        }
        return 0;
    }

    private static boolean isFinite(float number) {
        return Math.abs(number) <= Float.MAX_VALUE;
    }

    /** A batch is one of {@code size} updates, and one batch of 64 is measured. */
    private static boolean measures(LearnerState state, int size) {
        return state.updateWindow().measures(state.updates() / size);
    }

    @Override
    public float largestMagnitude() {
        return 0;
    }

    @Override
    public void apply(LearnerState state, Batch batch) {
        boolean measures = measures(state, batch.size());
        double norm = measures ? gradients.measure(state) : 0;
        for (int i = 0; i < batch.size(); i++) {
            step.start(batch.labels(), i * batch.shape().labelLength(), batch.weight(i), state.updates() + 1);
            if (batch.stage(i) == Stage.CHANGED) {
                step.change(batch.previous(i));
            }
            step.add(batch.rows(), batch.values(), batch.from(i), batch.to(i));
            if (batch.size() > 1) {
                step.predict(state.weights());
            }
            learn(state);
        }
        if (measures) {
            addNorms(state, norm);
        }
        state.learnedRows(batch);
    }

    @Override
    public boolean learnsInPlace() {
        return true;
    }

    @Override
    public boolean applyOne(LearnerState state, Sample sample, LeadingEntries leading, float bound) {
        if (!evaluator.isFinite(0) || !isFinite(evaluator.logits()[0])) {
            return false;
        }
        boolean measures = measures(state, 1);
        double norm = 0;
        if (measures) {
            gradients.set(sample, leading, evaluator.derivative(sample.weight()));
            norm = gradients.measure(state);
        }
        step.reserve(leading.count() + sample.rows().length);
        step.start(sample.label(), 0, sample.weight(), state.updates() + 1);
        if (sample.stage() == Stage.CHANGED) {
            step.change(sample.previous());
        }
        step.add(leading.rows(), leading.values(), 0, leading.count());
        step.add(sample.rows(), sample.values(), 0, sample.rows().length);
        step.predicted(evaluator.logits(), evaluator.gradients());
        state.learned(sample, leading);
        learn(state);
        if (measures) {
            addNorms(state, norm);
        }
        return true;
    }

    /** The gradient may overflow, unlike the change. */
    private void addNorms(LearnerState state, double norm) {
        if (Double.isFinite(norm)) {
            state.updateWindow().addNorms(norm, gradients.change(state));
        }
    }

    private void learn(LearnerState state) {
        // Others of its batch may have moved the parameters to where the loss overflows.
        if (step.isLearnable()) {
            optimizer.learn(state.weights(), state.updateMemory(), step);
        }
        state.updateWindow().add(1, learningRate * optimizer.factor(state.updateMemory()), false);
        state.updated();
    }
}
