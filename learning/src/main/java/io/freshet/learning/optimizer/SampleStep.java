package io.freshet.learning.optimizer;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.loss.PointwiseLoss;
import io.freshet.learning.loss.SoftmaxFlow;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/** A sample for {@link LookAhead}: its entries, label, and prediction, and scratch space. Reused; not thread-safe. */
public final class SampleStep {
    /**
     * Numbers of the entries that are kept from reading them to writing them, 8 MiB for each of {@link LookAhead#numbersPerEntry}.
     * Those of a wider sample are computed once more, with the same bits.
     */
    static final int MAXIMUM_KEPT = 1 << 20;

    /** Far beyond where any softmax changes. */
    private static final double LARGEST_LOGIT = 1e18;

    /** Up to this count, room for entries doubles; beyond, memory follows the samples. */
    private static final int LARGEST_ROUNDED = 1024;

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
    int[] rows = {};

    float[] values = {};
    int count;
    /** A number for each entry and output, as the optimizer uses it; those that there is no room for are computed again. */
    double[] first = {};

    /** Another one, for as many; empty if the optimizer needs none. */
    double[] second = {};

    /** As predicted. */
    final float[] logits;

    final float[] gradients;
    float[] label = new float[1];
    double weight;
    long number;
    /** Whether the sample only changes a label: then its gradients are the differences of two. */
    boolean changes;

    float previous;

    /** Where a step starts, and by how far it moves each logit, for each output. */
    final double[] starts;

    final double[] distances;
    /** The gradients where the step starts. */
    final double[] slopes;

    /** The steps of each output, and by how far a step of 1 moves its logit. */
    final double[] steps;

    final double[] reaches;

    /** What {@link ScaleFree} adds to V, and s of the features and of the bias. */
    double initial;

    double amplitude;
    double ofBias;

    /** The loss of each output; null if it is no function of the output's logit alone. */
    private final @Nullable PointwiseLoss each;
    /** The gradients of the last {@link #evaluate}. */
    private final double[] evaluated;

    private final OutputArrays arrays;
    private final int numbersPerEntry;
    private final int maximumKept;

    /**
     * @param outputs K
     * @param numbersPerEntry see {@link LookAhead#numbersPerEntry}
     */
    public SampleStep(Loss loss, int outputs, double learningRate, int numbersPerEntry) {
        this(loss, outputs, learningRate, numbersPerEntry, MAXIMUM_KEPT);
    }

    SampleStep(Loss loss, int outputs, double learningRate, int numbersPerEntry, int maximumKept) {
        this.loss = loss;
        this.numbersPerEntry = numbersPerEntry;
        this.maximumKept = maximumKept;
        this.outputs = outputs;
        this.learningRate = learningRate;
        each = loss instanceof PointwiseLoss one ? one : null;
        unit = each == null ? 1 : 1.0 / outputs;
        flow = new SoftmaxFlow(each == null ? outputs : 0);
        pointwise = outputs == 1 ? each : null;
        logits = new float[outputs];
        gradients = new float[outputs];
        starts = new double[outputs];
        distances = new double[outputs];
        slopes = new double[outputs];
        steps = new double[outputs];
        reaches = new double[outputs];
        evaluated = new double[outputs];
        arrays = new OutputArrays(new float[outputs], new float[outputs], new float[outputs]);
    }

    /** Makes room for the entries of a sample, so that nothing is allocated once the sample is counted. */
    public void reserve(int entries) {
        if (entries <= rows.length) {
            return;
        }
        int capacity = entries > LARGEST_ROUNDED ? entries : Integer.highestOneBit(Math.max(8, 2 * entries - 1));
        int kept = (int) Math.min((long) capacity * outputs, maximumKept);
        if (kept > first.length) {
            first = new double[kept];
            second = new double[numbersPerEntry > 1 ? kept : 0];
        }
        values = new float[capacity];
        // Last: without memory for the others, there is no room.
        rows = new int[capacity];
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
        changes = false;
    }

    /** Learns only the change from a previous label to that of the sample. */
    public void change(float replaced) {
        changes = true;
        previous = replaced;
    }

    /** Swaps the label and the one that it changes, to compute the step of either. */
    void swapLabels() {
        float swapped = label[0];
        label[0] = previous;
        previous = swapped;
    }

    /** Adds entries [from, to), for which there is room. */
    public void add(int[] ofRows, float[] ofValues, int from, int to) {
        int length = to - from;
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
        if (changes) {
            loss.evaluateChange(label[0], previous, arrays.gradients(), 0, outputs);
        } else {
            loss.evaluate(arrays, 0, outputs, label, 0);
        }
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

    /** Returns whether the sample has a weight, and its loss and gradient are finite. */
    public boolean isLearnable() {
        if (weight <= 0) {
            return false;
        }
        for (int k = 0; k < outputs; k++) {
            if (!(Math.abs(logits[k]) <= Float.MAX_VALUE && Math.abs(gradients[k]) <= Float.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }
}
