package io.freshet.learning.optimizer;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.loss.PointwiseLoss;
import io.freshet.learning.loss.SoftmaxFlow;
import io.freshet.learning.parameters.Weights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A sample for {@link LookAhead}: its entries, label, and prediction, and scratch space. Reused; not thread-safe. */
public final class SampleStep {
    /** Far beyond where any softmax changes. */
    private static final double LARGEST_LOGIT = 1e18;

    final Loss loss;
    /** The loss of a model with one output as a function of its logit; null if it is no such function. */
    final @Nullable PointwiseLoss pointwise;

    final int outputs;
    /** The gradient of a logit where the loss of its output alone has the slope 1. */
    final double unit;

    final double learningRate;
    /** For a loss of the softmax. */
    final SoftmaxFlow flow;

    /** The rows of the entries, each once; the first is the bias, with the value 1. */
    int[] rows = new int[8];

    float[] values = new float[8];
    int count;
    /** Two numbers for each entry and output, as the optimizer uses them. */
    double[] first;

    double[] second;

    /** As predicted. */
    final float[] logits;

    final float[] gradients;
    float[] label = new float[1];
    double weight;
    long number;

    /** Where a step starts, and by how far it moves each logit, for each output. */
    final double[] starts;

    final double[] distances;
    /** The gradients where the step starts. */
    final double[] slopes;

    /** The loss of each output; null if it is no function of the output's logit alone. */
    private final @Nullable PointwiseLoss each;
    /** The gradients of the last {@link #evaluate}. */
    private final double[] evaluated;

    private final OutputArrays arrays;

    /** @param outputs K */
    public SampleStep(Loss loss, int outputs, double learningRate) {
        this.loss = loss;
        this.outputs = outputs;
        this.learningRate = learningRate;
        each = loss instanceof PointwiseLoss one ? one : null;
        unit = each == null ? 1 : 1.0 / outputs;
        flow = new SoftmaxFlow(each == null ? outputs : 0);
        pointwise = outputs == 1 ? each : null;
        first = new double[rows.length * outputs];
        second = new double[rows.length * outputs];
        logits = new float[outputs];
        gradients = new float[outputs];
        starts = new double[outputs];
        distances = new double[outputs];
        slopes = new double[outputs];
        evaluated = new double[outputs];
        arrays = new OutputArrays(new float[outputs], new float[outputs], new float[outputs]);
    }

    /**
     * Starts a sample without entries.
     *
     * @param labels the label starts at {@code at}
     * @param weight &gt; 0
     * @param number t: 1 for the first update of this model and key
     */
    public void start(float[] labels, int at, float weight, long number) {
        count = 0;
        int length = loss.labelLength(outputs);
        if (label.length < length) {
            label = new float[length];
        }
        System.arraycopy(labels, at, label, 0, length);
        this.weight = weight;
        this.number = number;
    }

    /** Adds entries [from, to). */
    public void add(int[] ofRows, float[] ofValues, int from, int to) {
        int length = to - from;
        if (count + length > rows.length) {
            int capacity = Integer.highestOneBit(count + length - 1) << 1;
            rows = Arrays.copyOf(rows, capacity);
            values = Arrays.copyOf(values, capacity);
            first = new double[capacity * outputs];
            second = new double[capacity * outputs];
        }
        System.arraycopy(ofRows, from, rows, count, length);
        System.arraycopy(ofValues, from, values, count, length);
        count += length;
    }

    /** Sets the prediction from the logits of an earlier evaluation with the same parameters, and its gradient. */
    public void predicted(float[] ofLogits, float[] ofGradients) {
        System.arraycopy(ofLogits, 0, logits, 0, outputs);
        System.arraycopy(ofGradients, 0, gradients, 0, outputs);
    }

    /** Predicts with the current parameters. */
    public void predict(Weights weights) {
        float[] state = weights.array();
        int stride = weights.layout().stride();
        for (int k = 0; k < outputs; k++) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += (double) state[rows[i] * stride + k] * values[i];
            }
            arrays.logits()[k] = (float) sum;
        }
        loss.evaluate(arrays, 0, outputs, label, 0);
        predicted(arrays.logits(), arrays.gradients());
    }

    /** Computes the loss with all logits moved by a share of their distances, and the gradients. */
    double evaluate(double share) {
        return each == null ? evaluateJointly(share) : evaluate(each, share);
    }

    private double evaluate(PointwiseLoss ofOutput, double share) {
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double logit = starts[k] + share * distances[k];
            sum += ofOutput.value(logit, label[k]);
            evaluated[k] = ofOutput.slope(logit, label[k]) / outputs;
        }
        return sum / outputs;
    }

    private double evaluateJointly(double share) {
        for (int k = 0; k < outputs; k++) {
            double logit = starts[k] + share * distances[k];
            arrays.logits()[k] = (float) Math.max(-LARGEST_LOGIT, Math.min(LARGEST_LOGIT, logit));
        }
        double value = loss.evaluate(arrays, 0, outputs, label, 0);
        for (int k = 0; k < outputs; k++) {
            evaluated[k] = arrays.gradients()[k];
        }
        return value;
    }

    /** Returns the sum of the gradients of the last {@link #evaluate} times the distances. */
    double slopeAlong() {
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            sum += evaluated[k] * distances[k];
        }
        return sum;
    }

    /** Returns the gradient of an output at the last {@link #evaluate}. */
    double slope(int output) {
        return evaluated[output];
    }

    /** Returns whether loss and gradient are finite. */
    public boolean isFinite() {
        for (int k = 0; k < outputs; k++) {
            if (!(Math.abs(logits[k]) <= Float.MAX_VALUE && Math.abs(gradients[k]) <= Float.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }
}
