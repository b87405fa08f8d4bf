package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.expm1;

import io.freshet.learning.yaml.Hyperparameter;

/**
 * Squared error for small errors, absolute error for large ones.
 *
 * <pre>
 *   prediction = z_k,   e_k = z_k - y_k
 *   L          = mean_k  e_k^2 / 2                      |e_k| <= delta
 *                        delta (|e_k| - delta / 2)      otherwise
 *   dL/dz_k    = max(-delta, min(delta, e_k)) / K
 * </pre>
 *
 * The same as PyTorch's {@code HuberLoss} and Keras's; half of {@code mean-squared-error} where it is quadratic.
 * PyTorch's {@code SmoothL1Loss} is this loss divided by delta. Pinned by {@code LossGoldenTest}.
 *
 * @param delta > 0, in units of the label; the gradient is constant for larger errors
 * @see <a href="https://doi.org/10.1214/aoms/1177703732">Huber 1964, Robust estimation of a location parameter</a>
 */
public record Huber(double delta) implements NumberLoss {
    public static final Hyperparameter DELTA =
            new Hyperparameter("delta", 1, delta -> delta > 0 && delta <= Double.MAX_VALUE, "> 0");

    public Huber {
        DELTA.check(delta);
    }

    @Override
    public String name() {
        return "huber";
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double error = (double) logits[at + k] - labels[labelAt + k];
            double size = Math.abs(error);
            predictions[at + k] = logits[at + k];
            gradients[at + k] = (float) (Math.max(-delta, Math.min(delta, error)) / outputs);
            sum += size <= delta ? error * error / 2 : delta * (size - delta / 2);
        }
        return sum / outputs;
    }

    @Override
    public double value(double z, double y) {
        double error = Math.abs(z - y);
        return error <= delta ? error * error / 2 : delta * (error - delta / 2);
    }

    @Override
    public double slope(double z, double y) {
        return Math.max(-delta, Math.min(delta, z - y));
    }

    @Override
    public double curvature(double slope, double y) {
        return Math.abs(slope) < delta ? 1 : 0;
    }

    @Override
    public double implicit(double z, double y, double slope, double distance) {
        return Math.min(1, (z - y) / (slope - distance));
    }

    /** dz/dt = -max(-delta, min(delta, z - y)): a constant speed outside of delta, an exponential decay inside. */
    @Override
    public double follow(double z, double y, double time) {
        double error = Math.abs(z - y);
        double outside = Math.max(0, Math.min(time, (error - delta) / delta));
        double way = delta * outside;
        way -= time > outside ? (error - way) * expm1(outside - time) : 0;
        return z > y ? -way : way;
    }
}
