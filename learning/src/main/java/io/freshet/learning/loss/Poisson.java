package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.expm1;
import static io.freshet.learning.math.Transcendental.log;
import static io.freshet.learning.math.Transcendental.log1p;

import org.jspecify.annotations.Nullable;

/**
 * The deviance of a count from a Poisson distribution whose mean is the exponential of the logit.
 *
 * <pre>
 *   prediction = mu_k = min(exp(z_k), 2^126)
 *   L          = mean_k 2 (y_k (log y_k - z_k) - (y_k - mu_k))      2 mu_k where y_k = 0
 *   dL/dz_k    = 2 (mu_k - y_k) / K
 * </pre>
 *
 * Twice PyTorch's {@code PoissonNLLLoss} minus its minimum for the label, so that a perfect prediction has loss 0; the
 * same as scikit-learn's {@code mean_poisson_deviance}. The label need not be whole, so it can be a rate or a scaled
 * count. The mean is limited to 2^126, for logits above 87.3, just before a float overflows. Its gradient, 2^127,
 * exceeds what a step along it accepts, so such a sample is rejected then. Pinned by {@code LossGoldenTest}.
 *
 * @see <a href="https://doi.org/10.2307/2344614">Nelder and Wedderburn 1972, Generalized linear models</a>
 */
public record Poisson() implements PointwiseLoss {
    private static final double LARGEST_MEAN = 0x1p126;
    private static final double LARGEST_LOGIT = log(LARGEST_MEAN);

    @Override
    public String name() {
        return "poisson";
    }

    @Override
    public Task task() {
        return Task.NUMBER;
    }

    @Override
    public boolean isLinearInLabel() {
        return true;
    }

    @Override
    public boolean predictsMean() {
        return true;
    }

    @Override
    public double logit(double label) {
        return label > 0 ? log(label) : Double.NEGATIVE_INFINITY;
    }

    @Override
    public @Nullable String labelExpectation(float[] label, int outputs) {
        return LabelRange.counts(label, outputs);
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double z = logits[at + k];
            double y = labels[labelAt + k];
            double mean = mean(z);
            predictions[at + k] = (float) mean;
            gradients[at + k] = (float) (2 * (mean - y) / outputs);
            // Rounding may leave it slightly below 0.
            sum += 2 * Math.max(0, (y > 0 ? y * (log(y) - z) : 0) - (y - mean));
        }
        return sum / outputs;
    }

    @Override
    public void evaluateChange(float label, float previous, float[] gradients, int at, int outputs) {
        gradients[at] = (float) (2 * ((double) previous - label));
    }

    @Override
    public void predict(float[] logits, int at, int outputs, float[] predictions) {
        for (int k = at; k < at + outputs; k++) {
            predictions[k] = (float) mean(logits[k]);
        }
    }

    private static double mean(double z) {
        return Math.min(exp(z), LARGEST_MEAN);
    }

    @Override
    public double value(double z, double y) {
        return 2 * Math.max(0, (y > 0 ? y * (log(y) - z) : 0) - (y - mean(z)));
    }

    @Override
    public double slope(double z, double y) {
        return 2 * (mean(z) - y);
    }

    @Override
    public double curvature(double slope, double y) {
        return slope + 2 * y;
    }

    /**
     * dz/dt = 2 (y - e^z). With w = e^-z, dw/dt = 2 (1 - y w), an exponential decay to 1/y:
     *
     * <pre>
     *   w' = w (b + e^z d),   d = (1 - b) / y,   b = e^(-2 y t)      d = 2 t where y = 0
     * </pre>
     *
     * Beyond the largest mean, the speed is constant.
     */
    @Override
    public double follow(double z, double y, double time) {
        double speed = 2 * (LARGEST_MEAN - y);
        double outside = z > LARGEST_LOGIT && speed > 0 ? Math.min(time, (z - LARGEST_LOGIT) / speed) : 0;
        double start = Math.min(z, LARGEST_LOGIT);
        double rest = time - outside;
        double way = outside * speed;
        if (rest <= 0) {
            return -way;
        }
        double d = y > 0 ? -expm1(-2 * y * rest) / y : 2 * rest;
        double change = (exp(start) - y) * d;
        if (change > -0.5) {
            return -way - log1p(change);
        }
        // log(b + e^z d), although both may be 0 in float64.
        double a = start + log(d);
        double b = -2 * y * rest;
        return -way - Math.max(a, b) - log1p(exp(-Math.abs(a - b)));
    }
}
