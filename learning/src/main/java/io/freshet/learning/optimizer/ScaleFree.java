package io.freshet.learning.optimizer;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.PointwiseLoss;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Learns a linear model of any scale of features and labels without a learning rate.
 *
 * <pre>
 *   z     = sum_i theta_i x_i                       as predicted;   g = l'(z);   h the weight of the sample
 *   s     = e^a                                     one amplitude, e^max(a, b) for the bias, learned from g z ({@link Amplitude})
 *   M_i   = max |x_i|                               if it grows, V and phi shrink to what they would have been
 *   V_i'  = V_i + min(h, 1) g^2 n_i^2               n_i = x_i / M_i
 *   c_i   = (0.1 + V_i')^(1/4),   A_i = s / (c_i M_i),   C_i = n_i / c_i
 *   z_r   = sum_i A_i phi_i x_i,  v = sum_i A_i C_i x_i,  g_r = l'(z_r)
 *   u     = -k h g_r                                k g_r = l'(z_r - k h g_r v), an implicit step: never past the minimum
 *   phi_i' = phi_i + u C_i,       theta_i = A_i phi_i'
 * </pre>
 *
 * If the logit has the unit of the label, with G the root mean square of g and Y that of the labels, s is multiplied by Y, g z
 * divided by G Y, and 0.1 multiplied by G^2. Half of AdaGrad's divisor is applied on writing phi, half on reading it: all on reading
 * would be dual averaging, which is better with weak signals, and all on writing normalized AdaGrad, better with strong ones.
 *
 * <p>A g far beyond those before is limited, and h with it ({@link SquareLimit}).
 *
 * <p>Up to 1, h is a fraction of a sample. Above 1, the step goes as far as h repetitions would, but no farther than one repetition,
 * or the zero of the linear loss, whichever is farther; and V grows by what was used. Several outputs share k ({@link
 * ScaleFreeOutputs}).
 *
 * <p>A sample that only changes a label has the difference of two gradients as g, and that of the steps to both labels as u. Each
 * has a k of its own, as if it were learned alone.
 *
 * <p>Slots: phi, V, and M, all start at 0. A value below 1e-30 counts as 0. Sums over a sample are float64. Pinned by {@code
 * ScaleFreeTest} and {@code ScaleFreeGoldenTest}.
 *
 * @see <a href="https://arxiv.org/abs/1305.6646">Ross, Mineiro, Langford 2013</a>, <a
 *     href="https://arxiv.org/abs/1011.1576">Karampatziakis, Langford 2011</a>
 */
public record ScaleFree() implements LookAhead {
    /** The largest magnitude of a value that counts as 0. */
    static final float SMALLEST_VALUE = 1e-30f;

    /** The part of a divisor that no gradient has built up yet. */
    static final double INITIAL_SQUARES = 0.1;

    static final int PHI = 1;
    static final int SQUARES = 2;
    static final int LARGEST = 3;

    @Override
    public String name() {
        return "scale-free";
    }

    @Override
    public int slots() {
        return 3;
    }

    @Override
    public double defaultLearningRate() {
        return 1;
    }

    @Override
    public boolean hasLearningRate() {
        return false;
    }

    /** At an uneven kink, g z stays below 0 in the mean, however large the predictions are. */
    @Override
    public @Nullable String lossExpectation(Loss loss) {
        return loss.hasUnevenKink()
                ? "a smooth loss, or one as steep on both sides of its kink, since the amplitude of optimizer scale-free"
                        + " would grow without bound"
                : LookAhead.super.lossExpectation(loss);
    }

    @Override
    public double[] memory() {
        return Amplitude.start();
    }

    @Override
    public double factor(double[] memory) {
        return Amplitude.ofFeatures(memory);
    }

    @Override
    public int numbersPerEntry() {
        return 2;
    }

    @Override
    public void learn(Weights weights, double[] memory, SampleStep sample) {
        if (sample.pointwise == null) {
            ScaleFreeOutputs.learn(weights, memory, sample);
        } else {
            learn(weights, memory, sample, sample.pointwise);
        }
    }

    private static void learn(Weights weights, double[] memory, SampleStep sample, PointwiseLoss loss) {
        double g = sample.gradients[0];
        double y = sample.label[0];
        double fraction = Math.min(sample.weight, 1);
        boolean inUnit = loss.isInUnitOfLabel();
        double share = Amplitude.addUnits(memory, sample.weight, g * g, inUnit ? y * y : 0, inUnit ? 0 : 1);
        g *= share;
        double h = sample.weight * share;
        double ofGradient = inUnit ? Amplitude.ofGradients(memory) : 1;
        double ofLabel = inUnit ? Amplitude.ofLabels(memory) : 1;
        if (g == 0 || ofGradient == 0 || ofLabel == 0) {
            return;
        }
        double bias = weights.array()[sample.rows[0] * weights.layout().stride()];
        double unit = fraction * g / (ofGradient * ofLabel);
        Amplitude.learn(memory, unit * (sample.logits[0] - bias), unit * bias);
        sample.initial = INITIAL_SQUARES * ofGradient * ofGradient;
        sample.amplitude = ofLabel * Amplitude.ofFeatures(memory);
        sample.ofBias = ofLabel * Amplitude.ofBias(memory);
        read(weights, sample, 0, fraction * g * g);
        double start = sample.starts[0];
        double reach = sample.distances[0];
        double step = step(loss, y, start, h, reach);
        if (sample.changes) {
            step -= step(loss, sample.previous, start, h, reach);
        }
        double used = h > 1 ? Math.abs(step * g) - g * g : 0;
        if (used > 0) {
            read(weights, sample, 0, used);
        }
        write(weights, sample, 0, step);
    }

    /** Returns the step u toward a label. */
    private static double step(PointwiseLoss loss, double y, double start, double h, double reach) {
        double slope = loss.slope(start, y);
        return slope == 0 ? 0 : -share(loss, y, start, slope, h, reach) * h * slope;
    }

    /** Returns the share of a step to take. */
    private static double share(PointwiseLoss loss, double y, double start, double slope, double h, double reach) {
        double distance = -h * slope * reach;
        double k = loss.implicit(start, y, slope, distance);
        if (h <= 1) {
            return k;
        }
        double repetition = loss.implicit(start, y, slope, distance / h) / h;
        double toZero = loss.value(start, y) / Math.abs(slope * distance);
        return Math.min(k, Math.max(repetition, toZero));
    }

    /**
     * Adds to the squares of each entry, and reads its parameter with the current amplitude and divisor: C, A, z_r, and v of an
     * output.
     */
    static void read(Weights weights, SampleStep sample, int k, double squares) {
        float[] state = weights.array();
        int stride = weights.layout().stride();
        int distance = weights.layout().slotDistance();
        int outputs = sample.outputs;
        float dither = SquareSum.dither(sample.number);
        double start = 0;
        double reach = 0;
        double initial = sample.initial;
        double amplitude = sample.amplitude;
        double s = sample.ofBias;
        for (int i = 0; i < sample.count; i++, s = amplitude) {
            float x = sample.values[i];
            float size = Math.abs(x);
            int entry = i * outputs + k;
            if (!(size >= SMALLEST_VALUE)) {
                if (entry < sample.second.length) {
                    sample.second[entry] = 0;
                }
                continue;
            }
            int p = sample.rows[i] * stride + k;
            float before = state[p + LARGEST * distance];
            if (size > before) {
                grow(state, p, distance, size);
            }
            double largest = Math.max(size, before);
            double n = x / largest;
            float sum = SquareSum.add(state[p + SQUARES * distance], squares * n * n, dither);
            state[p + SQUARES * distance] = sum;
            double inverse = inverse(initial, sum, largest);
            double reading = s * inverse;
            if (before == 0 && state[p] != 0) {
                state[p + PHI * distance] = normal(state[p] / reading);
            }
            double change = x * inverse;
            if (entry < sample.first.length) {
                sample.first[entry] = change;
                sample.second[entry] = reading;
            }
            start += s * change * state[p + PHI * distance];
            reach += s * change * change;
        }
        sample.starts[k] = start;
        sample.distances[k] = reach;
    }

    /** Changes phi of an output by a step, and writes the parameters. */
    static void write(Weights weights, SampleStep sample, int k, double step) {
        float[] state = weights.array();
        int stride = weights.layout().stride();
        int distance = weights.layout().slotDistance();
        for (int i = 0; i < sample.count; i++) {
            int entry = i * sample.outputs + k;
            int p = sample.rows[i] * stride + k;
            double change;
            double reading;
            if (entry < sample.second.length) {
                change = sample.first[entry];
                reading = sample.second[entry];
            } else {
                float x = sample.values[i];
                double inverse = inverse(sample.initial, state[p + SQUARES * distance], state[p + LARGEST * distance]);
                change = x * inverse;
                reading = Math.abs(x) >= SMALLEST_VALUE ? (i == 0 ? sample.ofBias : sample.amplitude) * inverse : 0;
            }
            if (reading == 0) {
                continue;
            }
            float changed = normal(state[p + PHI * distance] + step * change);
            state[p + PHI * distance] = changed;
            state[p] = normal(reading * changed);
        }
    }

    /** Returns 1 / (c M). */
    private static double inverse(double initial, float sum, double largest) {
        return 1 / (Math.sqrt(Math.sqrt(initial + sum)) * largest);
    }

    /** Raises the largest magnitude of a coordinate, and rescales its squares and phi to what they would have been. */
    private static void grow(float[] state, int p, int distance, float largest) {
        double ratio = state[p + LARGEST * distance] / (double) largest;
        state[p + SQUARES * distance] = normal(state[p + SQUARES * distance] * ratio * ratio);
        state[p + PHI * distance] = normal(state[p + PHI * distance] * Math.sqrt(ratio));
        state[p + LARGEST * distance] = largest;
    }

    /** Returns the nearest float of normal size: 0 instead of a subnormal, the largest instead of infinity. */
    static float normal(double number) {
        double size = Math.abs(number);
        if (size < Float.MIN_NORMAL) {
            return 0;
        }
        return size > Float.MAX_VALUE ? Math.copySign(Float.MAX_VALUE, (float) number) : (float) number;
    }
}
