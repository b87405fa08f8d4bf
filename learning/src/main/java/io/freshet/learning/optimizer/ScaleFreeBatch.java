package io.freshet.learning.optimizer;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.Weights;

/**
 * Learns several samples, or several outputs, by one step of {@link ScaleFree}.
 *
 * <pre>
 *   V_ik'  = V_ik + sum_j min(h_j, 1) g_jk^2 n_ij^2          sample j, row i, output k; M_i is that of all outputs
 *   z_rjk  = sum_i A_ik phi_ik x_ij
 *   R_ik   = sum_j h_j g_rjk n_ij
 *   D_jk   = -sum_i A_ik R_ik x_ij / c_ik                    by which the whole step moves each logit
 *   k q    = -sum_jk h_j g_jk(z_r + k D) D_jk,               q = -sum_jk h_j g_rjk D_jk, k in (0, 1]
 *   phi_ik' = phi_ik - k R_ik / c_ik
 * </pre>
 *
 * The signals of the amplitudes are means over the batch, summed over outputs. One sample with one output gives the same as {@link
 * ScaleFree#learn(Weights, double[], SampleStep)}, but for rounding: losses are evaluated at float32 logits.
 */
final class ScaleFreeBatch {
    private static final int MAXIMUM_ITERATIONS = 40;
    private static final double PRECISION = 1e-7;

    private ScaleFreeBatch() {}

    static void learn(Weights weights, double[] memory, BatchStep step) {
        double ofGradient = 1;
        double ofLabel = 1;
        if (step.loss.isInUnitOfLabel()) {
            addUnits(memory, step);
            ofGradient = Amplitude.ofGradients(memory);
            ofLabel = Amplitude.ofLabels(memory);
        }
        if (ofGradient == 0 || ofLabel == 0 || !step.hasGradient()) {
            return;
        }
        learnAmplitudes(weights, memory, step, ofGradient * ofLabel);
        step.initial = ScaleFree.INITIAL_SQUARES * ofGradient * ofGradient;
        step.amplitude = ofLabel * Amplitude.ofFeatures(memory);
        step.ofBias = ofLabel * Amplitude.ofBias(memory);
        for (int j = 0; j < step.batch.size(); j++) {
            addSquares(weights, step, j);
        }
        for (int j = 0; j < step.batch.size(); j++) {
            start(weights, step, j);
        }
        step.evaluate(0);
        for (int j = 0; j < step.batch.size(); j++) {
            direct(weights, step, j);
        }
        for (int j = 0; j < step.batch.size(); j++) {
            reach(weights, step, j);
        }
        double whole = -step.slopeAlong();
        double share = whole > 0 ? share(step, whole) : 0;
        move(weights, step, share);
    }

    /** Adds the means over outputs. */
    private static void addUnits(double[] memory, BatchStep step) {
        Batch batch = step.batch;
        for (int j = 0; j < batch.size(); j++) {
            double gradients = 0;
            double labels = 0;
            for (int k = 0; k < step.outputs; k++) {
                double g = step.gradients[j * step.outputs + k];
                double y = batch.labels()[j * step.outputs + k];
                gradients += g * g;
                labels += y * y;
            }
            double h = batch.weight(j);
            Amplitude.addUnits(memory, h, h * gradients / step.outputs, h * labels / step.outputs);
        }
    }

    private static void learnAmplitudes(Weights weights, double[] memory, BatchStep step, double unit) {
        Batch batch = step.batch;
        double signal = 0;
        double ofBias = 0;
        for (int j = 0; j < batch.size(); j++) {
            double fraction = Math.min(batch.weight(j), 1);
            int row = batch.rows()[batch.from(j)] * weights.layout().stride();
            for (int k = 0; k < step.outputs; k++) {
                double g = fraction * step.gradients[j * step.outputs + k];
                double bias = weights.array()[row + k];
                signal += g * (step.logits[j * step.outputs + k] - bias);
                ofBias += g * bias;
            }
        }
        double count = unit * batch.size();
        Amplitude.learn(memory, signal / count, ofBias / count);
    }

    private static void addSquares(Weights weights, BatchStep step, int j) {
        Batch batch = step.batch;
        float[] state = weights.array();
        int distance = weights.layout().slotDistance();
        double fraction = Math.min(batch.weight(j), 1);
        float dither = SquareSum.dither(step.number);
        for (int i = batch.from(j); i < batch.to(j); i++) {
            float x = batch.values()[i];
            if (!(Math.abs(x) >= ScaleFree.SMALLEST_VALUE)) {
                continue;
            }
            int p = batch.rows()[i] * weights.layout().stride();
            boolean isNew = state[p + ScaleFree.LARGEST * distance] == 0;
            if (Math.abs(x) > state[p + ScaleFree.LARGEST * distance]) {
                ScaleFree.grow(state, p, step.outputs, distance, Math.abs(x));
            }
            double n = x / (double) state[p + ScaleFree.LARGEST * distance];
            for (int k = 0; k < step.outputs; k++) {
                double g = step.gradients[j * step.outputs + k];
                int squares = p + k + ScaleFree.SQUARES * distance;
                state[squares] = SquareSum.add(state[squares], fraction * g * g * n * n, dither);
                if (isNew && state[p + k] != 0) {
                    double reading = step.amplitude(i == batch.from(j))
                            / (root(weights, step, p + k) * state[p + ScaleFree.LARGEST * distance]);
                    state[p + k + ScaleFree.PHI * distance] = ScaleFree.normal(state[p + k] / reading);
                }
            }
        }
    }

    /** Returns c of a parameter. */
    private static double root(Weights weights, BatchStep step, int p) {
        float sum = weights.array()[p + ScaleFree.SQUARES * weights.layout().slotDistance()];
        return Math.sqrt(Math.sqrt(step.initial + sum));
    }

    /** Computes where the step of a sample starts: its logits with refreshed parameters. */
    private static void start(Weights weights, BatchStep step, int j) {
        Batch batch = step.batch;
        float[] state = weights.array();
        int distance = weights.layout().slotDistance();
        for (int k = 0; k < step.outputs; k++) {
            double sum = 0;
            for (int i = batch.from(j); i < batch.to(j); i++) {
                float x = batch.values()[i];
                if (Math.abs(x) >= ScaleFree.SMALLEST_VALUE) {
                    int p = batch.rows()[i] * weights.layout().stride() + k;
                    double n = x / (double) state[p + ScaleFree.LARGEST * distance];
                    sum += step.amplitude(i == batch.from(j))
                            * n
                            / root(weights, step, p)
                            * state[p + ScaleFree.PHI * distance];
                }
            }
            step.starts[j * step.outputs + k] = sum;
        }
    }

    /** Adds a sample to the direction R. */
    private static void direct(Weights weights, BatchStep step, int j) {
        Batch batch = step.batch;
        float[] state = weights.array();
        int distance = weights.layout().slotDistance();
        step.direction.reserve(batch.to(j) - batch.from(j));
        for (int i = batch.from(j); i < batch.to(j); i++) {
            float x = batch.values()[i];
            if (Math.abs(x) >= ScaleFree.SMALLEST_VALUE) {
                int row = batch.rows()[i];
                double largest = state[row * weights.layout().stride() + ScaleFree.LARGEST * distance];
                double n = batch.weight(j) * (x / largest);
                int at = step.direction.at(row);
                for (int k = 0; k < step.outputs; k++) {
                    float sum = (float) (step.direction.values()[at + k] + n * step.slopes[j * step.outputs + k]);
                    step.direction.values()[at + k] = ScaleFree.normal(sum);
                }
            }
        }
    }

    /** Computes by how far the whole step moves the logits of a sample. */
    private static void reach(Weights weights, BatchStep step, int j) {
        Batch batch = step.batch;
        float[] state = weights.array();
        int distance = weights.layout().slotDistance();
        for (int k = 0; k < step.outputs; k++) {
            double sum = 0;
            for (int i = batch.from(j); i < batch.to(j); i++) {
                float x = batch.values()[i];
                if (Math.abs(x) >= ScaleFree.SMALLEST_VALUE) {
                    int row = batch.rows()[i];
                    int p = row * weights.layout().stride() + k;
                    double n = x / (double) state[p + ScaleFree.LARGEST * distance];
                    double c = root(weights, step, p);
                    double moved = step.direction.values()[step.direction.at(row) + k] / c;
                    sum -= step.amplitude(i == batch.from(j)) * n / c * moved;
                }
            }
            step.distances[j * step.outputs + k] = sum;
        }
    }

    /**
     * Returns the share k of the whole step. If weights are above 1, it is limited as in {@link ScaleFree}, with the sums over the
     * batch.
     *
     * @param whole q
     */
    private static double share(BatchStep step, double whole) {
        Batch batch = step.batch;
        double total = 0;
        double fractions = 0;
        double loss = 0;
        for (int j = 0; j < batch.size(); j++) {
            total += batch.weight(j);
            fractions += Math.min(batch.weight(j), 1);
            loss += batch.weight(j) * step.losses[j];
        }
        if (total <= fractions) {
            return solve(step, whole, 1);
        }
        double repetition = solve(step, whole, fractions / total) * fractions / total;
        return Math.min(solve(step, whole, 1), Math.max(repetition, loss / whole));
    }

    /** Returns the root k of k + slope(k part) / whole, by regula falsi with halved ends (Illinois). */
    private static double solve(BatchStep step, double whole, double part) {
        double low = 0;
        double below = -1;
        double high = 1;
        double above = excess(step, whole, part, 1);
        if (!(above > 0)) {
            return 1;
        }
        double k = 1;
        int side = 0;
        for (int i = 0; i < MAXIMUM_ITERATIONS; i++) {
            double next = (low * above - high * below) / (above - below);
            boolean close = Math.abs(next - k) <= PRECISION * next;
            k = next;
            if (close || high - low <= PRECISION * high) {
                break;
            }
            double excess = excess(step, whole, part, k);
            if (excess < 0) {
                low = k;
                below = excess;
                above = side < 0 ? above / 2 : above;
                side = -1;
            } else {
                high = k;
                above = excess;
                below = side > 0 ? below / 2 : below;
                side = 1;
            }
        }
        return k;
    }

    private static double excess(BatchStep step, double whole, double part, double k) {
        step.evaluate(k * part);
        return k + step.slopeAlong() / whole;
    }

    /** Changes phi by a share of the step, and writes the parameters. */
    private static void move(Weights weights, BatchStep step, double share) {
        step.evaluate(0);
        addUsed(weights, step, share);
        float[] state = weights.array();
        int distance = weights.layout().slotDistance();
        Gradient direction = step.direction;
        for (int i = 0; i < direction.count(); i++) {
            int row = direction.rows()[i];
            for (int k = 0; k < step.outputs; k++) {
                int p = row * weights.layout().stride() + k;
                int phi = p + ScaleFree.PHI * distance;
                double c = root(weights, step, p);
                state[phi] = ScaleFree.normal(state[phi] - share * direction.values()[i * step.outputs + k] / c);
                double reading = step.amplitude(row == 0) / (c * state[p + ScaleFree.LARGEST * distance]);
                state[p] = ScaleFree.normal(reading * state[phi]);
            }
        }
    }

    /** Adds to the squares what the steps of heavy samples used. */
    private static void addUsed(Weights weights, BatchStep step, double share) {
        Batch batch = step.batch;
        float[] state = weights.array();
        int distance = weights.layout().slotDistance();
        float dither = SquareSum.dither(step.number);
        for (int j = 0; j < batch.size(); j++) {
            double h = batch.weight(j);
            for (int k = 0; k < step.outputs && h > 1; k++) {
                double g = step.gradients[j * step.outputs + k];
                double used = Math.abs(share * h * step.slopes[j * step.outputs + k] * g) - g * g;
                for (int i = batch.from(j); i < batch.to(j) && used > 0; i++) {
                    float x = batch.values()[i];
                    if (Math.abs(x) >= ScaleFree.SMALLEST_VALUE) {
                        int p = batch.rows()[i] * weights.layout().stride() + k;
                        double n = x / (double) state[p + ScaleFree.LARGEST * distance];
                        int squares = p + ScaleFree.SQUARES * distance;
                        state[squares] = SquareSum.add(state[squares], used * n * n, dither);
                    }
                }
            }
        }
    }
}
