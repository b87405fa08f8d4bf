package io.freshet.learning.optimizer;

import io.freshet.learning.loss.PointwiseLoss;
import io.freshet.learning.parameters.Weights;
import java.util.Map;

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
 * <p>Up to 1, h is a fraction of a sample. Above 1, the step goes as far as h repetitions would, but no farther than one repetition,
 * or the zero of the linear loss, whichever is farther; and V grows by what was used. Samples of a batch are learned together: their
 * sums, not means, with one k ({@link ScaleFreeBatch}).
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
    public Map<String, Object> hyperparameters() {
        return Map.of();
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
    public void learn(Weights weights, double[] memory, BatchStep batch) {
        ScaleFreeBatch.learn(weights, memory, batch);
    }

    @Override
    public void learn(Weights weights, double[] memory, SampleStep sample) {
        double h = sample.weight;
        double g = sample.slope;
        double fraction = Math.min(h, 1);
        double ofGradient = 1;
        double ofLabel = 1;
        if (sample.loss.isInUnitOfLabel()) {
            Amplitude.addUnits(memory, h, h * g * g, h * sample.label * sample.label);
            ofGradient = Amplitude.ofGradients(memory);
            ofLabel = Amplitude.ofLabels(memory);
        }
        if (g == 0 || ofGradient == 0 || ofLabel == 0) {
            return;
        }
        double bias = weights.array()[sample.rows[0] * weights.layout().stride()];
        double unit = fraction * g / (ofGradient * ofLabel);
        Amplitude.learn(memory, unit * (sample.logit - bias), unit * bias);
        double initial = INITIAL_SQUARES * ofGradient * ofGradient;
        double amplitude = ofLabel * Amplitude.ofFeatures(memory);
        double ofBias = ofLabel * Amplitude.ofBias(memory);
        read(weights, sample, fraction * g * g, initial, amplitude, ofBias);
        double slope = sample.loss.slope(sample.start, sample.label);
        double step = 0;
        if (slope != 0) {
            double distance = -h * slope * sample.reach;
            step = -h * slope * sample.loss.implicit(sample.start, sample.label, slope, distance);
            if (h > 1) {
                step = limited(sample, slope, distance, step);
                double used = Math.abs(step * g) - g * g;
                if (used > 0) {
                    read(weights, sample, used, initial, amplitude, ofBias);
                }
            }
        }
        write(weights, sample, step);
    }

    /** Limits the step of a heavy sample: no farther than one repetition, or the zero of the linear loss. */
    private static double limited(SampleStep sample, double slope, double distance, double step) {
        PointwiseLoss loss = sample.loss;
        double once = distance / sample.weight;
        double repetition = loss.implicit(sample.start, sample.label, slope, once) * Math.abs(once);
        double far = Math.max(repetition, loss.value(sample.start, sample.label) / Math.abs(slope));
        double way = Math.abs(step) * sample.reach;
        return way > far ? step * (far / way) : step;
    }

    /** Adds to the squares of each entry, and reads its parameter with the current amplitude and divisor. */
    private static void read(
            Weights weights, SampleStep sample, double squares, double initial, double amplitude, double ofBias) {
        float[] state = weights.array();
        int stride = weights.layout().stride();
        int distance = weights.layout().slotDistance();
        float dither = SquareSum.dither(sample.number);
        double start = 0;
        double reach = 0;
        double s = ofBias;
        for (int i = 0; i < sample.count; i++, s = amplitude) {
            float x = sample.values[i];
            int p = sample.rows[i] * stride;
            if (!(Math.abs(x) >= SMALLEST_VALUE)) {
                sample.reading[i] = 0;
                continue;
            }
            boolean isNew = state[p + LARGEST * distance] == 0;
            if (Math.abs(x) > state[p + LARGEST * distance]) {
                grow(state, p, 1, distance, Math.abs(x));
            }
            double largest = state[p + LARGEST * distance];
            double n = x / largest;
            float sum = SquareSum.add(state[p + SQUARES * distance], squares * n * n, dither);
            state[p + SQUARES * distance] = sum;
            double inverse = 1 / (Math.sqrt(Math.sqrt(initial + sum)) * largest);
            double reading = s * inverse;
            if (isNew && state[p] != 0) {
                state[p + PHI * distance] = normal(state[p] / reading);
            }
            double change = x * inverse;
            sample.change[i] = change;
            sample.reading[i] = reading;
            start += s * change * state[p + PHI * distance];
            reach += s * change * change;
        }
        sample.start = start;
        sample.reach = reach;
    }

    /** Changes phi by a step, and writes the parameters. */
    private static void write(Weights weights, SampleStep sample, double step) {
        float[] state = weights.array();
        int stride = weights.layout().stride();
        int phi = PHI * weights.layout().slotDistance();
        for (int i = 0; i < sample.count; i++) {
            double reading = sample.reading[i];
            if (reading == 0) {
                continue;
            }
            int p = sample.rows[i] * stride;
            float changed = normal(state[p + phi] + step * sample.change[i]);
            state[p + phi] = changed;
            state[p] = normal(reading * changed);
        }
    }

    /**
     * Raises the largest magnitude of a row, and rescales the squares and phi of each output to what they would have been.
     *
     * @param p index of the row's first parameter
     */
    static void grow(float[] state, int p, int outputs, int distance, float largest) {
        double ratio = state[p + LARGEST * distance] / (double) largest;
        double root = Math.sqrt(ratio);
        for (int k = p; k < p + outputs; k++) {
            state[k + SQUARES * distance] = normal(state[k + SQUARES * distance] * ratio * ratio);
            state[k + PHI * distance] = normal(state[k + PHI * distance] * root);
            state[k + LARGEST * distance] = largest;
        }
    }

    /** Returns the nearest float of normal size: 0 instead of a subnormal, the largest instead of infinity. */
    static float normal(double number) {
        double size = Math.abs(number);
        return size < Float.MIN_NORMAL ? 0 : size > Float.MAX_VALUE ? Math.copySign(Float.MAX_VALUE, (float) number) : (float) number;
    }
}
