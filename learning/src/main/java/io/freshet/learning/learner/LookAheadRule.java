package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.LeadingEntries;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.PointwiseLoss;
import io.freshet.learning.network.Network;
import io.freshet.learning.optimizer.BatchStep;
import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.optimizer.SampleStep;
import io.freshet.learning.predict.Evaluator;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/** Hands the samples of a linear model to an optimizer that looks at the loss itself. */
final class LookAheadRule implements Rule {
    private final LookAhead optimizer;
    private final Evaluator evaluator;
    /** To measure norms. */
    private final GradientRule gradients;

    private final BatchStep batchStep;
    /** Null with several outputs. */
    private final @Nullable SampleStep sampleStep;

    LookAheadRule(
            ModelSpec spec, LookAhead optimizer, Network network, Evaluator evaluator, GradientRule gradients) {
        this.optimizer = optimizer;
        this.evaluator = evaluator;
        this.gradients = gradients;
        Batch empty = new Batch(spec.model().batchShape(spec.inputShape(), spec.labelLength()));
        batchStep = new BatchStep(spec.loss(), spec.outputs(), network.gradient(), empty);
        sampleStep = spec.outputs() == 1 && spec.loss() instanceof PointwiseLoss loss ? new SampleStep(loss) : null;
    }

    private static boolean measures(LearnerState state) {
        return state.updateWindow().measures(state.updates());
    }

    @Override
    public void clear() {
        gradients.clear();
    }

    /** A gradient of any finite size can be learned. */
    @Override
    public float add(LearnerState state, Batch batch, int from, int to, double total) {
        batchStep.reserve(batch.size());
        batchStep.set(from, to - from, evaluator.logits(), evaluator.gradients());
        if (measures(state)) {
            gradients.add(state, batch, from, to, total);
        }
        return 0;
    }

    @Override
    public float largestMagnitude() {
        return 0;
    }

    @Override
    public void apply(LearnerState state, Batch batch) {
        boolean measures = measures(state);
        double norm = measures ? gradients.measure(state) : 0;
        if (sampleStep != null && batch.size() == 1) {
            start(sampleStep, state, batchStep.slope(), batch.labels()[0], batch.weight(0));
            sampleStep.add(batch.rows(), batch.values(), batch.from(0), batch.to(0));
            optimizer.learn(state.weights(), state.scheduleMemory(), sampleStep);
        } else {
            batchStep.start(batch, state.updates() + 1);
            optimizer.learn(state.weights(), state.scheduleMemory(), batchStep);
        }
        end(state, batch.size(), measures, norm);
        state.learnedRows(batch);
    }

    @Override
    public boolean learnsInPlace() {
        return sampleStep != null;
    }

    @Override
    public boolean applyOne(LearnerState state, Sample sample, LeadingEntries leading, float bound) {
        if (sampleStep == null || !evaluator.isFinite(0)) {
            return false;
        }
        state.learned(sample, leading);
        boolean measures = measures(state);
        double norm = 0;
        if (measures) {
            gradients.set(sample, leading, evaluator.derivative() * sample.weight());
            norm = gradients.measure(state);
        }
        start(sampleStep, state, evaluator.derivative(), sample.label()[0], sample.weight());
        sampleStep.add(leading.rows(), leading.values(), 0, leading.count());
        sampleStep.add(sample.rows(), sample.values(), 0, sample.rows().length);
        optimizer.learn(state.weights(), state.scheduleMemory(), sampleStep);
        end(state, 1, measures, norm);
        return true;
    }

    private void start(SampleStep step, LearnerState state, float slope, float label, float weight) {
        step.start(evaluator.logits()[0], slope, label, weight, state.updates() + 1);
    }

    private void end(LearnerState state, int samples, boolean measured, double norm) {
        if (measured) {
            state.updateWindow().addNorms(norm, gradients.change(state));
        }
        state.updateWindow().add(samples, optimizer.factor(state.scheduleMemory()), false);
        state.updated();
    }
}
