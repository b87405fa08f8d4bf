package io.freshet.learning.predict;

import io.freshet.learning.evaluation.ConfusionMatrix;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Stage;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.math.Underflow;
import io.freshet.learning.model.Activation;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.Network;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Predicts packed samples and scores the predictions: logits, losses, and gradients of up to {@link
 * Network#MAXIMUM_SAMPLES} at a time, in reused arrays. {@link Clamp} changes predictions and losses, not
 * gradients.
 */
public final class Evaluator {
    private final Loss loss;
    private final int outputs;
    private final int logitCount;
    private final int labelLength;
    private final boolean sequence;
    private final int topK;
    private final Network network;
    private final ThreadTeam team;
    private final ThreadTeam.Range lossRange = this::evaluateLosses;
    private final ThreadTeam.Range gradientRange = this::evaluateGradients;
    private final @Nullable Clamp clamp;
    private float[] logits;
    private float[] predictions;
    private float[] delta;
    private double[] losses;
    private OutputArrays arrays;
    private OutputArrays scratch = new OutputArrays(new float[0], new float[0], new float[0]);
    private PredictedSamples evaluated;
    private final float[] label = new float[1];
    /** The sample of {@link #evaluateOne}. */
    private PredictedSamples one;

    // What the ranges of a loop over samples read.
    private double[] labelRange = Clamp.NO_LABELS;
    private float[] labels = {};
    private int first;
    /** The batch, if some of its samples only change a label; null otherwise. */
    private @Nullable Batch revised;

    /** @param team shares the loops over samples */
    public Evaluator(ModelSpec spec, Network network, ThreadTeam team) {
        this.network = network;
        this.team = team;
        loss = spec.loss();
        clamp = Clamp.of(spec);
        outputs = spec.outputs();
        logitCount = spec.logitCount();
        labelLength = spec.labelLength();
        topK = spec.reporting().topK();
        sequence = spec.model().steps() > 0;
        logits = new float[logitCount];
        predictions = new float[logitCount];
        delta = new float[logitCount];
        losses = new double[1];
        arrays = new OutputArrays(logits, predictions, delta);
        evaluated = new PredictedSamples(outputs, topK, new float[0], logits, predictions);
        one = new PredictedSamples(outputs, topK, label, logits, predictions);
    }

    /**
     * Computes the logits, predictions, losses, and gradients of samples [from, to).
     *
     * @param range of the labels, as in {@link Clamp}
     */
    public void evaluate(float[] state, double[] range, Batch batch, int from, int to) {
        reserve(to - from);
        network.forward(state, batch, from, to, Network.PREDICT, logits);
        labelRange = range;
        labels = batch.labels();
        first = from;
        revised = batch.isRevised() ? batch : null;
        team.run(to - from, grain(to - from), lossRange);
    }

    private int grain(int samples) {
        return ThreadTeam.grain(samples, (long) samples * logitCount * Activation.COST_OF_EXP);
    }

    private void evaluateLosses(int from, int to, int thread) {
        for (int i = from; i < to; i++) {
            losses[i] = isChange(i)
                    ? evaluateChange(arrays, i)
                    : evaluateLoss(labelRange, i * logitCount, labels, (first + i) * labelLength);
        }
    }

    private boolean isChange(int i) {
        return revised != null && revised.stage(first + i) == Stage.CHANGED;
    }

    /** Computes the prediction and the gradient of sample i, which only changes a label, and so has no loss of its own. */
    private double evaluateChange(OutputArrays arrays, int i) {
        float previous = revised == null ? Float.NaN : revised.previous(first + i);
        return evaluateChange(arrays, i * logitCount, labels[(first + i) * labelLength], previous);
    }

    private double evaluateChange(OutputArrays arrays, int at, float label, float previous) {
        loss.predict(arrays.logits(), at, outputs, arrays.predictions());
        loss.evaluateChange(label, previous, arrays.gradients(), at, outputs);
        return 0;
    }

    /** Computes the loss and gradient of sample i, whose logits are computed, and whose label is valid. */
    public void evaluateLoss(double[] range, Batch batch, int from, int i) {
        losses[i - from] = evaluateLoss(range, (i - from) * logitCount, batch.labels(), i * labelLength);
    }

    private double evaluateLoss(double[] range, int at, float[] labels, int labelAt) {
        double unlimited = loss.evaluate(arrays, at, outputs, labels, labelAt);
        return clamp != null && clamp.limit(range, predictions, at)
                ? clamp.loss(range, logits, at, labels, labelAt)
                : unlimited;
    }

    /**
     * Computes the prediction, loss, and gradient of one sample of a model with one output.
     *
     * @param label the only number of its label
     */
    public void evaluateOne(float logit, double[] range, float label) {
        logits[0] = logit;
        this.label[0] = label;
        losses[0] = evaluateLoss(range, 0, this.label, 0);
    }

    /** Does the same for a sample that only changes a label: it has no loss. */
    public void evaluateOneChange(float logit, float label, float previous) {
        logits[0] = logit;
        losses[0] = evaluateChange(arrays, 0, label, previous);
    }

    /**
     * Evaluates a prediction that {@link #keep} returned, for {@link #tallyOne}.
     *
     * @param label the only number of its label
     */
    public void evaluateKept(float[] kept, float label) {
        System.arraycopy(kept, 0, logits, 0, logitCount);
        this.label[0] = label;
        losses[0] = evaluateLoss(Clamp.NO_LABELS, 0, this.label, 0);
    }

    /** Copies the logits of the first evaluated sample; where its prediction is limited, those of the limit. */
    public void keep(double[] range, float[] to) {
        for (int k = 0; k < logitCount; k++) {
            to[k] = clamp == null ? logits[k] : (float) clamp.logit(range, k, logits[k]);
        }
    }

    /** Adds the sample of {@link #evaluateOne} to a tally. */
    public void tallyOne(float weight, Tally tally) {
        tally.add(losses[0], weight, one, 0, 0, 1);
    }

    /** Returns the derivative of the loss of the first evaluated sample with respect to its first logit, as {@link #scale} leaves it. */
    public float derivative(float factor) {
        return scaled(delta[0], factor);
    }

    /** Far logits have tiny gradients. */
    private static float scaled(float gradient, float factor) {
        return Underflow.round(gradient * factor);
    }

    /** Recomputes the gradients of the same samples, as in an update; predictions and losses do not change. */
    public void evaluateAgain(float[] state, Batch batch, int from, int to, long update) {
        if (scratch.logits().length < logits.length) {
            scratch = new OutputArrays(new float[logits.length], new float[logits.length], delta);
        }
        network.forward(state, batch, from, to, update, scratch.logits());
        labels = batch.labels();
        first = from;
        revised = batch.isRevised() ? batch : null;
        team.run(to - from, grain(to - from), gradientRange);
    }

    private void evaluateGradients(int from, int to, int thread) {
        for (int i = from; i < to; i++) {
            if (isChange(i)) {
                evaluateChange(scratch, i);
            } else {
                loss.evaluate(scratch, i * logitCount, outputs, labels, (first + i) * labelLength);
            }
        }
    }

    /** Computes only logits and predictions. */
    public void predict(float[] state, double[] range, Batch batch, int from, int to) {
        reserve(to - from);
        network.forward(state, batch, from, to, Network.PREDICT, logits);
        for (int i = 0; i < to - from; i++) {
            loss.predict(logits, i * logitCount, outputs, predictions);
            if (clamp != null) {
                clamp.limit(range, predictions, i * logitCount);
            }
        }
    }

    /** Adds evaluated sample i to a tally. */
    public void tally(Batch batch, int from, int i, Tally tally) {
        tally.add(
                losses[i - from],
                weight(batch, i),
                evaluated(batch.labels()),
                (i - from) * logitCount,
                i * labelLength,
                length(batch, i));
    }

    /** Adds evaluated sample i to a confusion matrix. */
    void count(Batch batch, int from, int i, ConfusionMatrix confusion) {
        confusion.add(
                weight(batch, i),
                evaluated(batch.labels()),
                (i - from) * logitCount,
                i * labelLength,
                length(batch, i));
    }

    private static double weight(Batch batch, int i) {
        return (double) batch.weight(i) * batch.steps(i);
    }

    private int length(Batch batch, int i) {
        return sequence ? batch.steps(i) : labelLength;
    }

    /** Allocates only if an array was replaced. */
    private PredictedSamples evaluated(float[] labels) {
        if (evaluated.labels() != labels || evaluated.logits() != logits) {
            evaluated = new PredictedSamples(outputs, topK, labels, logits, predictions);
        }
        return evaluated;
    }

    /** Returns the loss of evaluated sample i. */
    public double loss(int i) {
        return losses[i];
    }

    /** Returns whether the loss and gradient of evaluated sample i are finite. */
    public boolean isFinite(int i) {
        float largest = 0;
        for (int k = i * logitCount; k < (i + 1) * logitCount; k++) {
            float magnitude = Math.abs(delta[k]);
            largest = magnitude <= largest ? largest : magnitude;
        }
        return Math.abs(losses[i]) <= Double.MAX_VALUE && largest <= Float.MAX_VALUE;
    }

    /** Scales the gradient of evaluated sample i, and rounds it ({@link Underflow#round}). */
    public void scale(int i, float factor) {
        for (int k = i * logitCount; k < (i + 1) * logitCount; k++) {
            delta[k] = scaled(delta[k], factor);
        }
    }

    /** Adds the gradient of samples [from, to), the last evaluated; returns a bound on its components. */
    public float backward(float[] state, Batch batch, int from, int to, Gradient gradient) {
        return network.backward(state, batch, from, to, delta, gradient);
    }

    /** Returns the logits of the last evaluated samples, the first sample's from index 0. */
    public float[] logits() {
        return logits;
    }

    /** Returns dLoss/dlogit of the last evaluated samples, scaled by {@link #scale}. */
    public float[] gradients() {
        return delta;
    }

    public float[] predictions() {
        return predictions;
    }

    private void reserve(int samples) {
        if (samples > losses.length) {
            logits = new float[samples * logitCount];
            predictions = new float[samples * logitCount];
            delta = new float[samples * logitCount];
            losses = new double[samples];
            arrays = new OutputArrays(logits, predictions, delta);
            one = new PredictedSamples(outputs, topK, label, logits, predictions);
        }
    }
}
