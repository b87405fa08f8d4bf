package io.freshet.learning.loss;

import io.freshet.learning.yaml.Hyperparameter;

/**
 * The pinball loss, minimal where a share tau of the labels is below the prediction.
 *
 * <pre>
 *   prediction = z_k,   e_k = y_k - z_k
 *   L          = mean_k max(tau e_k, (tau - 1) e_k)
 *   dL/dz_k    = -tau / K            e_k > 0: predicted too low
 *                (1 - tau) / K       e_k < 0
 *                0                   e_k = 0
 * </pre>
 *
 * Half of {@code mean-absolute-error} at tau = 0.5. The same as scikit-learn's {@code mean_pinball_loss}. Pinned by
 * {@code LossGoldenTest}.
 *
 * @param tau in (0, 1)
 * @see <a href="https://doi.org/10.2307/1913643">Koenker and Bassett 1978, Regression quantiles</a>
 */
public record Quantile(double tau) implements NumberLoss {
    public static final Hyperparameter TAU = new Hyperparameter("tau", 0.5, tau -> tau > 0 && tau < 1, "in (0, 1)");

    public Quantile {
        TAU.check(tau);
    }

    @Override
    public String name() {
        return "quantile";
    }

    @Override
    public boolean hasUnevenKink() {
        return tau != 0.5;
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double error = (double) labels[labelAt + k] - logits[at + k];
            double slope = error > 0 ? -tau : error < 0 ? 1 - tau : 0;
            predictions[at + k] = logits[at + k];
            gradients[at + k] = (float) (slope / outputs);
            sum += -slope * error;
        }
        return sum / outputs;
    }

    @Override
    public double value(double z, double y) {
        return slope(z, y) * (z - y);
    }

    @Override
    public double slope(double z, double y) {
        return z < y ? -tau : z > y ? 1 - tau : 0;
    }

    @Override
    public double curvature(double slope, double y) {
        return 0;
    }

    @Override
    public double implicit(double z, double y, double slope, double distance) {
        return PointwiseLoss.toKink(Math.abs(z - y), distance);
    }

    /** dz/dt = tau or tau - 1, up to the kink. */
    @Override
    public double follow(double z, double y, double time) {
        double way = Math.abs(slope(z, y)) * time;
        return z < y ? Math.min(way, y - z) : -Math.min(way, z - y);
    }
}
