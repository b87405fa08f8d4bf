package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.expm1;
import static io.freshet.learning.math.Transcendental.log;
import static io.freshet.learning.math.Transcendental.log1p;
import static io.freshet.learning.math.Transcendental.sigmoid;

import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy between a label in [0, 1] and the logistic function of the logit (logistic loss, log loss).
 *
 * <pre>
 *   prediction = p_k = 1 / (1 + exp(-z_k))
 *   L          = mean_k -(y_k log p_k + (1 - y_k) log(1 - p_k)) = mean_k max(z_k, 0) - z_k y_k + log(1 + exp(-|z_k|))
 *   dL/dz_k    = (p_k - y_k) / K
 * </pre>
 *
 * Several outputs are independent labels. The right-hand form never overflows. The same as PyTorch's {@code
 * BCEWithLogitsLoss}. Pinned by {@code LossGoldenTest}.
 */
public record BinaryCrossEntropy() implements PointwiseLoss {
    private static final double LARGEST_POWER = 0x1p1000;
    private static final double PRECISION_OF_WAY = 1e-13;

    /**
     * After a step whose square is below this part of the way, the next one is below {@link #PRECISION_OF_WAY} of it, and so is not
     * taken: it is at most half the square, since the function's second derivative is at most its first, and rounding errors are
     * below 100 ulps of the way if z is below {@link #LARGEST_EXACT}.
     */
    private static final double SQUARE_OF_LAST_STEP = 1e-14;

    private static final double LARGEST_EXACT = 64;

    @Override
    public String name() {
        return "binary-cross-entropy";
    }

    @Override
    public Task task() {
        return Task.BINARY;
    }

    @Override
    public boolean isLinearInLabel() {
        return true;
    }

    @Override
    public @Nullable String labelExpectation(float[] label, int outputs) {
        return LabelRange.unitInterval(label, outputs);
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        if (outputs == 1) {
            return evaluate(logits[at], labels[labelAt], 1, at, predictions, gradients);
        }
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            sum += evaluate(logits[at + k], labels[labelAt + k], 1.0 / outputs, at + k, predictions, gradients);
        }
        return sum / outputs;
    }

    private static double evaluate(double z, double y, double share, int at, float[] predictions, float[] gradients) {
        double e = exp(-Math.abs(z));
        double p = sigmoid(z, e);
        predictions[at] = (float) p;
        gradients[at] = (float) ((p - y) * share);
        return Math.max(z, 0) - z * y + log1p(e);
    }

    @Override
    public void evaluateChange(float label, float previous, float[] gradients, int at, int outputs) {
        gradients[at] = (float) ((double) previous - label);
    }

    @Override
    public void predict(float[] logits, int at, int outputs, float[] predictions) {
        for (int k = at; k < at + outputs; k++) {
            double z = logits[k];
            predictions[k] = (float) sigmoid(z, exp(-Math.abs(z)));
        }
    }

    @Override
    public double value(double z, double y) {
        return Math.max(z, 0) - z * y + log1p(exp(-Math.abs(z)));
    }

    @Override
    public double slope(double z, double y) {
        return sigmoid(z) - y;
    }

    @Override
    public double curvature(double slope, double y) {
        double p = slope + y;
        return p * (1 - p);
    }

    /**
     * dz/dt = y - p, here for y above p; otherwise, that of 1 - y and -z. The way d of a time t is the root of a convex,
     * increasing function:
     *
     * <pre>
     *   e^z (e^d - 1) / (y - (1 - y) e^z) + E(d - y t) = 0,   E(x) = (e^((1 - y) x) - 1) / (1 - y)      E(x) = x where y = 1
     * </pre>
     *
     * By Newton's method from above, which never passes the root of such a function.
     */
    @Override
    public double follow(double z, double y, double time) {
        double slope = slope(z, y);
        return slope < 0 ? rise(z, y, 1 - y, time) : slope > 0 ? -rise(-z, 1 - y, y, time) : 0;
    }

    /** @param other 1 - y, exactly */
    private static double rise(double z, double y, double other, double time) {
        double power = Math.min(exp(z), LARGEST_POWER);
        double gap = y - other * power;
        double most = -integral(-y * time, other);
        if (!(gap > 0 && most > 0)) {
            return 0;
        }
        // As if the other term were 0, each.
        double odds = log(gap) + log(most) - z;
        double way = Math.min(y * time, Math.max(odds, 0) + log1p(exp(-Math.abs(odds))));
        for (int i = 0; i < MAXIMUM_ITERATIONS; i++) {
            double moved = exp(z + way);
            double grown = way < 1 ? power * expm1(way) : moved - power;
            double behind = way - y * time;
            // A label of 0 or 1 has a gap of 1, and an E of x.
            double excess = other > 0 ? grown / gap + integral(behind, other) : grown + behind;
            double step = excess / (other > 0 ? moved / gap + exp(other * behind) : moved + 1);
            if (!(step > PRECISION_OF_WAY * way)) {
                break;
            }
            way = Math.max(0, way - step);
            if (step * step < SQUARE_OF_LAST_STEP * way && Math.abs(z) < LARGEST_EXACT) {
                break;
            }
        }
        return way;
    }

    /** E(x). */
    private static double integral(double x, double other) {
        return other > 0 ? expm1(other * x) / other : x;
    }
}
