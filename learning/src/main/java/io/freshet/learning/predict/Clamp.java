package io.freshet.learning.predict;

import io.freshet.learning.loss.PointwiseLoss;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Limits predictions to the range of the labels that a model has learned, for each output.
 *
 * <pre>
 *   p'_k = max(low_k, min(high_k, p_k))
 *   L'   = mean_k l(z'_k, y_k)              z'_k: the logit of p'_k
 * </pre>
 *
 * Only what is reported changes: predictions, losses, and metrics. The optimizer gets the gradient of the unlimited prediction, so a
 * model learns the same parameters with and without limits; on diamonds, limits there would cost 17% of the loss. The range has no
 * sample that is predicted with it. If all counts so far are 0, they are no upper limit, since the logit of 0 is infinite.
 *
 * <p>A range is [low 0, high 0, low 1, high 1, ...], or empty before the first label. Parameters that have learned labels of which
 * there is no range, as after a warm start, have one that never limits. Stateless. Pinned by {@code ClampTest}.
 */
public final class Clamp {
    /** The range before the first label. */
    public static final double[] NO_LABELS = {};

    private final PointwiseLoss loss;
    private final int outputs;

    private Clamp(PointwiseLoss loss, int outputs) {
        this.loss = loss;
        this.outputs = outputs;
    }

    /** Returns the limits of a model; null if it has none. */
    static @Nullable Clamp of(ModelSpec spec) {
        return spec.clamps() && spec.loss() instanceof PointwiseLoss loss ? new Clamp(loss, spec.outputs()) : null;
    }

    /** Returns a range that never limits: that of parameters which have learned unknown labels. */
    public static double[] unlimited(int outputs) {
        double[] range = new double[2 * outputs];
        for (int k = 0; k < outputs; k++) {
            range[2 * k] = -Double.MAX_VALUE;
            range[2 * k + 1] = Double.MAX_VALUE;
        }
        return range;
    }

    /** Returns whether a range is empty, or {@link #unlimited}. */
    public static boolean limitsNothing(double[] range) {
        return range.length == 0 || range[0] == -Double.MAX_VALUE;
    }

    /**
     * Returns a range that includes a label.
     *
     * @param range changed in place, unless it is empty
     * @param labels the label starts at {@code at}
     */
    public static double[] widen(double[] range, float[] labels, int at, int outputs) {
        double[] widened = range;
        if (range.length == 0) {
            widened = new double[2 * outputs];
            for (int k = 0; k < widened.length; k++) {
                widened[k] = labels[at + k / 2];
            }
        }
        for (int k = 0; k < outputs; k++) {
            double label = labels[at + k];
            widened[2 * k] = Math.min(widened[2 * k], label);
            widened[2 * k + 1] = Math.max(widened[2 * k + 1], label);
        }
        return widened;
    }

    /** Limits the prediction of a sample, from {@code at}; returns whether it changed. */
    boolean limit(double[] range, float[] predictions, int at) {
        boolean changed = false;
        for (int k = 0; 2 * k < range.length; k++) {
            float prediction = predictions[at + k];
            if (prediction < range[2 * k]) {
                predictions[at + k] = (float) range[2 * k];
                changed = true;
            } else if (prediction > range[2 * k + 1] && isLimit(range[2 * k + 1])) {
                predictions[at + k] = (float) range[2 * k + 1];
                changed = true;
            }
        }
        return changed;
    }

    /** Returns the loss of the limited prediction of a sample, whose logits are those of the unlimited one. */
    double loss(double[] range, float[] logits, int at, float[] labels, int labelAt) {
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            sum += loss.value(logit(range, k, logits[at + k]), labels[labelAt + k]);
        }
        return sum / outputs;
    }

    /** Returns by how much the logit of the limited prediction of an output is above that of the unlimited one. */
    double shift(double[] range, float[] logits, int output) {
        float[] predictions = new float[outputs];
        loss.predict(logits, 0, outputs, predictions);
        float unlimited = predictions[output];
        limit(range, predictions, 0);
        double logit = logits[output];
        return predictions[output] == unlimited ? 0 : logit(range, output, logit) - logit;
    }

    /** Returns the logit of the limited prediction of an output. */
    double logit(double[] range, int output, double logit) {
        if (range.length == 0) {
            return logit;
        }
        double high = range[2 * output + 1];
        double below = isLimit(high) ? Math.min(loss.logit(high), logit) : logit;
        return Math.max(loss.logit(range[2 * output]), below);
    }

    private boolean isLimit(double high) {
        return loss.logit(high) > Double.NEGATIVE_INFINITY;
    }
}
