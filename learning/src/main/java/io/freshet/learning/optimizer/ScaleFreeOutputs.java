package io.freshet.learning.optimizer;

import io.freshet.learning.model.Weights;
import java.util.Arrays;

/**
 * A step of {@link ScaleFree} for a loss that is no function of a single logit.
 *
 * <pre>
 *   phi, V, theta per output, M per row;  d = sum_k g_k z_fk;  D_k = -h g_rk v_k
 *   k q = -h sum_k l'_k(z_r + k D) D_k,   q = -h sum_k g_rk D_k,   k in (0, 1]
 * </pre>
 *
 * A sample that only changes a label has the difference of two gradients as g, and that of the steps to both labels as its step.
 *
 * <p>The units of gradients and labels are means over outputs. With a loss that is a mean over K outputs and has not the unit of the
 * label, 0.1 is divided by K^2, like the g^2 beside it. A loss that is no function of each logit alone is evaluated at float32
 * logits. Pinned by {@code ScaleFreeGoldenTest}.
 */
final class ScaleFreeOutputs {
    private static final int MAXIMUM_ITERATIONS = 100;
    private static final double PRECISION = 1e-6;
    private static final double LARGEST = 1e300;

    private ScaleFreeOutputs() {}

    static void learn(Weights weights, double[] memory, SampleStep sample) {
        boolean inUnit = sample.loss.isInUnitOfLabel();
        double squares = squares(sample.gradients, sample.outputs) / sample.outputs;
        double labels = inUnit ? squares(sample.label, sample.outputs) / sample.outputs : 0;
        double counted = Amplitude.addUnits(memory, sample.weight, squares, labels, inUnit ? 0 : sample.unit);
        double h = sample.weight * counted;
        double fraction = Math.min(sample.weight, 1);
        double ofGradient = inUnit ? Amplitude.ofGradients(memory) : 1;
        double ofLabel = inUnit ? Amplitude.ofLabels(memory) : 1;
        if (squares == 0 || ofGradient == 0 || ofLabel == 0) {
            return;
        }
        learnAmplitudes(weights, memory, sample, fraction * counted / (ofGradient * ofLabel));
        double usual = inUnit ? ofGradient : sample.unit;
        sample.initial = ScaleFree.INITIAL_SQUARES * usual * usual;
        sample.amplitude = ofLabel * Amplitude.ofFeatures(memory);
        sample.ofBias = ofLabel * Amplitude.ofBias(memory);
        for (int k = 0; k < sample.outputs; k++) {
            double g = counted * sample.gradients[k];
            ScaleFree.read(weights, sample, k, fraction * g * g);
        }
        System.arraycopy(sample.distances, 0, sample.reaches, 0, sample.outputs);
        Arrays.fill(sample.steps, 0);
        addSteps(sample, h, 1);
        if (sample.changes) {
            sample.swapLabels();
            addSteps(sample, h, -1);
            sample.swapLabels();
        }
        for (int k = 0; k < sample.outputs; k++) {
            double g = counted * sample.gradients[k];
            double step = sample.steps[k];
            double used = h > 1 ? Math.abs(step * g) - g * g : 0;
            if (used > 0) {
                ScaleFree.read(weights, sample, k, used);
            }
            ScaleFree.write(weights, sample, k, step);
        }
    }

    /** Adds the step of each output toward the label, times a factor. */
    private static void addSteps(SampleStep sample, double h, double factor) {
        System.arraycopy(sample.reaches, 0, sample.distances, 0, sample.outputs);
        double value = sample.evaluate(0);
        double whole = 0;
        for (int k = 0; k < sample.outputs; k++) {
            sample.slopes[k] = sample.slope(k);
            sample.distances[k] *= -h * sample.slopes[k];
            whole -= sample.slopes[k] * sample.distances[k];
        }
        boolean moves = whole > 0 && whole <= Double.MAX_VALUE;
        double share = moves ? share(sample, h, value, whole) : 0;
        for (int k = 0; k < sample.outputs; k++) {
            sample.steps[k] += factor * (-share * h * sample.slopes[k]);
        }
    }

    private static double squares(float[] numbers, int count) {
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += (double) numbers[k] * numbers[k];
        }
        return sum;
    }

    private static void learnAmplitudes(Weights weights, double[] memory, SampleStep sample, double unit) {
        int row = sample.rows[0] * weights.layout().stride();
        double signal = 0;
        double ofBias = 0;
        for (int k = 0; k < sample.outputs; k++) {
            double bias = weights.array()[row + k];
            signal += sample.gradients[k] * (sample.logits[k] - bias);
            ofBias += sample.gradients[k] * bias;
        }
        Amplitude.learn(memory, unit * signal, unit * ofBias);
    }

    /**
     * Returns the share of the step to take: k, or less for a heavy sample.
     *
     * @param value the loss where the step starts
     * @param whole -sum_k g_rk D_k
     */
    private static double share(SampleStep sample, double h, double value, double whole) {
        double share = implicit(sample, whole, 1);
        return h > 1 ? Math.min(share, Math.max(implicit(sample, whole, 1 / h) / h, value / whole)) : share;
    }

    /**
     * Returns the k of a step whose distances are a part of the sample's: by regula falsi with halved ends (Illinois), which bisects
     * every fourth time, since a kink would slow it down. The slope of the excess is at least 1, so that its size bounds the error.
     */
    private static double implicit(SampleStep sample, double whole, double part) {
        double low = 0;
        double below = -1;
        double high = 1;
        double above = excess(sample, whole, part, 1);
        if (above <= 0) {
            return 1;
        }
        double k = 1;
        double last = 0;
        for (int i = 1; i <= MAXIMUM_ITERATIONS && high - low > PRECISION * high; i++) {
            k = i % 4 == 0 ? (low + high) / 2 : (low * above - high * below) / (above - below);
            double excess = excess(sample, whole, part, k);
            if (Math.abs(excess) <= PRECISION * k) {
                break;
            }
            if (excess < 0) {
                above = last < 0 ? above / 2 : above;
                low = k;
                below = excess;
            } else {
                below = last > 0 ? below / 2 : below;
                high = k;
                above = excess;
            }
            last = excess;
        }
        return k;
    }

    private static double excess(SampleStep sample, double whole, double part, double k) {
        sample.evaluate(k * part);
        return Math.min(LARGEST, k + sample.slopeAlong() / whole);
    }
}
