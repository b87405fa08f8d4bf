package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log;

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
 * exceeds what the learner accepts, so such a sample is rejected. Pinned by {@code LossGoldenTest}.
 *
 * @see <a href="https://doi.org/10.2307/2344614">Nelder and Wedderburn 1972, Generalized linear models</a>
 */
public record Poisson() implements PointwiseLoss {
    private static final double LARGEST_MEAN = 0x1p126;

    @Override
    public String name() {
        return "poisson";
    }

    @Override
    public Task task() {
        return Task.NUMBER;
    }

    @Override
    public boolean predictsMean() {
        return true;
    }

    @Override
    public double logit(double label) {
        return log(label);
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
}
