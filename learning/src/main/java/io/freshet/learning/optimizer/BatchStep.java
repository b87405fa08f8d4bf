package io.freshet.learning.optimizer;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.parameters.Gradient;
import java.util.Arrays;

/** Samples for {@link LookAhead}: their entries, labels, and predictions, and scratch space. Reused; not thread-safe. */
public final class BatchStep {
    private static final float[] NO_FLOATS = {};
    /** Its square fits a float. */
    private static final double LARGEST_LOGIT = 1e18;

    final Loss loss;
    final int outputs;
    /** The sum of the gradients of each row, which is its direction. */
    final Gradient direction;
    /** The logits and gradients as predicted. */
    float[] logits = NO_FLOATS;

    float[] gradients = NO_FLOATS;
    /** Logits from refreshed parameters, where a step starts; their gradients; and by how far the whole step moves them. */
    double[] starts = {};

    double[] slopes = {};
    double[] distances = {};
    double[] losses = {};
    Batch batch;
    long number;
    double initial;
    double amplitude;
    double ofBias;
    private OutputArrays arrays = new OutputArrays(NO_FLOATS, NO_FLOATS, NO_FLOATS);

    /**
     * @param outputs K
     * @param direction of the shape of the model's gradient
     * @param empty a batch of the model's shape
     */
    public BatchStep(Loss loss, int outputs, Gradient direction, Batch empty) {
        this.loss = loss;
        this.outputs = outputs;
        this.direction = direction;
        batch = empty;
    }

    /** Reserves space for the predictions of samples. */
    public void reserve(int samples) {
        int numbers = Math.multiplyExact(samples, outputs);
        if (logits.length < numbers) {
            logits = Arrays.copyOf(logits, numbers);
            gradients = Arrays.copyOf(gradients, numbers);
            starts = new double[numbers];
            slopes = new double[numbers];
            distances = new double[numbers];
            losses = new double[samples];
        }
    }

    /**
     * Sets the predictions of samples from {@code sample} on, for which space is reserved.
     *
     * @param ofLogits theirs, from index 0, as are the gradients
     */
    public void set(int sample, int samples, float[] ofLogits, float[] ofGradients) {
        System.arraycopy(ofLogits, 0, logits, sample * outputs, samples * outputs);
        System.arraycopy(ofGradients, 0, gradients, sample * outputs, samples * outputs);
    }

    /**
     * Starts an update by all samples of a batch, whose predictions are set.
     *
     * @param updateNumber t: 1 for the first update of this model and key
     */
    public void start(Batch samples, long updateNumber) {
        batch = samples;
        number = updateNumber;
        direction.clear();
    }

    /** Returns the predicted gradient of the first sample's first logit. */
    public float slope() {
        return gradients[0];
    }

    /** Computes losses and slopes with all logits moved by a share of their distances. */
    void evaluate(double share) {
        int numbers = batch.size() * outputs;
        if (arrays.logits().length < numbers) {
            arrays = new OutputArrays(new float[numbers], new float[numbers], new float[numbers]);
        }
        for (int i = 0; i < numbers; i++) {
            double logit = starts[i] + share * distances[i];
            arrays.logits()[i] = (float) Math.max(-LARGEST_LOGIT, Math.min(LARGEST_LOGIT, logit));
        }
        int labelLength = batch.shape().labelLength();
        for (int j = 0; j < batch.size(); j++) {
            losses[j] = loss.evaluate(arrays, j * outputs, outputs, batch.labels(), j * labelLength);
        }
        for (int i = 0; i < numbers; i++) {
            slopes[i] = arrays.gradients()[i];
        }
    }

    /** Returns s of the bias or of another row. */
    double amplitude(boolean isBias) {
        return isBias ? ofBias : amplitude;
    }

    /** Returns whether any predicted gradient is not 0. */
    boolean hasGradient() {
        for (int i = 0; i < batch.size() * outputs; i++) {
            if (gradients[i] != 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns the weighted sum of slopes times distances, from the last {@link #evaluate}. */
    double slopeAlong() {
        double sum = 0;
        for (int j = 0; j < batch.size(); j++) {
            double ofSample = 0;
            for (int k = j * outputs; k < (j + 1) * outputs; k++) {
                ofSample += slopes[k] * distances[k];
            }
            sum += batch.weight(j) * ofSample;
        }
        return sum;
    }
}
