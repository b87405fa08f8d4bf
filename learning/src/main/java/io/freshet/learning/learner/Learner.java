package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Moments;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.Network;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;

/**
 * Learns one model from its samples in order: predict, score, learn.
 *
 * <pre>
 *   batch of 1       theta' = step(theta, w * dL/dtheta)
 *   batch of n       theta' = step(theta, sum_i w_i / W * dL_i/dtheta)        W = sum_i w_i; the sum is 0 where W is
 * </pre>
 *
 * Every sample is predicted by the parameters from before its batch. If the specification changed to a smaller batch
 * while more samples than that were pending, these are one batch with the next sample. The state after a sequence of samples is a pure
 * function of the specification and the sequence: no clock, no random, sums in a fixed order. A sample whose gradient
 * is not finite, or larger than {@value #LARGEST_GRADIENT} (its square would not fit a float), changes nothing. Learning
 * a sample allocates nothing. Holds scratch space: one for each thread, for any number of states of the model.
 */
public final class Learner {
    private static final float LARGEST_GRADIENT = 1L << 60;

    private final ModelSpec spec;
    private final String stateHash;
    private final Loss loss;
    private final Network network;
    private final Optimizer optimizer;
    private final int parameters;
    private final float learningRate;
    private final float[] logits;
    private final float[] prediction;
    private final float[] delta;
    private final Gradient gradient;
    private final Batch single;

    public Learner(ModelSpec spec) {
        this.spec = spec;
        stateHash = spec.stateHash();
        loss = spec.loss();
        network = spec.model().network(spec.features().rows(), spec.outputs());
        optimizer = spec.optimizer();
        parameters = spec.parameterCount();
        learningRate = (float) spec.learningRate();
        logits = new float[spec.outputs()];
        prediction = new float[spec.outputs()];
        delta = new float[spec.outputs()];
        gradient = new Gradient(spec.outputs());
        single = new Batch(spec.outputs());
    }

    public ModelSpec spec() {
        return spec;
    }

    /** Returns {@link ModelSpec#stateHash}, computed once. */
    public String stateHash() {
        return stateHash;
    }

    /** Returns the state before the first sample. */
    public LearnerState start() {
        return new LearnerState(
                new float[Math.multiplyExact(parameters, 1 + optimizer.slots())],
                Moments.start(
                        spec.features().standardize()
                                ? spec.features().numeric().size()
                                : 0),
                new Batch(spec.outputs()),
                new Tally(loss.task(), spec.outputs()),
                new Tally(loss.task(), spec.outputs()),
                new Lineage(),
                0,
                0,
                0,
                0);
    }

    /**
     * Predicts a sample, scores the prediction, and learns from it; the last of a batch changes the parameters.
     *
     * @return false if the sample was refused for its gradient and changed nothing
     */
    public boolean learn(LearnerState state, Sample sample) {
        boolean alone = spec.batchSize() == 1 && state.pending().size() == 0;
        Batch batch = alone ? single : state.pending();
        int last = batch.size();
        batch.add(sample, spec.features().standardize() ? state.moments() : null);
        network.forward(state.weights(), batch, last, logits);
        double value = loss.evaluate(logits, spec.outputs(), sample.label(), prediction, delta);
        if (!keepGradient(batch, last, value)) {
            batch.removeLast();
            state.rejectedOne();
            return false;
        }
        if (spec.features().standardize()) {
            Moments.keep(state.moments(), sample.numeric());
        }
        state.window().add(value, sample.label(), sample.weight(), logits, prediction);
        state.total().add(value, sample.label(), sample.weight(), logits, prediction);
        if (batch.size() >= spec.batchSize()) {
            update(state, batch);
        }
        return true;
    }

    /** Applies the batch that is not full, if any: at the end of a bounded input. */
    public void finish(LearnerState state) {
        if (state.pending().size() > 0) {
            update(state, state.pending());
        }
    }

    /** Returns the prediction that the last sample got before it was learned, length K; overwritten by the next. */
    public float[] lastPrediction() {
        return prediction;
    }

    /** Returns what the state has learned, as a snapshot that shares nothing with it. */
    public Snapshot snapshot(LearnerState state, String key) {
        return new Snapshot(
                spec,
                key,
                state.samples(),
                state.updates(),
                Arrays.copyOf(state.weights(), parameters),
                state.moments().clone(),
                state.lineage().copy(),
                state.total().metrics());
    }

    /** Puts the gradient of the logits in the batch; false if an update could grow too large by it. */
    private boolean keepGradient(Batch batch, int sample, double value) {
        if (!(Math.abs(value) <= Double.MAX_VALUE)) {
            return false;
        }
        // In a batch of n, weights become shares of at most 1 once it is full.
        float weight = batch == single ? batch.weight(sample) : 1;
        float limit = LARGEST_GRADIENT / Math.max(1, batch.largest(sample));
        int at = sample * delta.length;
        for (float d : delta) {
            float weighted = d * weight;
            if (!(Math.abs(weighted) <= limit)) {
                return false;
            }
            batch.delta()[at++] = weighted;
        }
        return true;
    }

    private void update(LearnerState state, Batch batch) {
        if (batch != single) {
            batch.average();
        }
        network.backward(batch, gradient);
        optimizer.step(
                state.weights(),
                parameters,
                gradient.rows(),
                gradient.count(),
                spec.outputs(),
                gradient.values(),
                learningRate);
        state.learned(batch);
        batch.clear();
    }
}
