package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.sigmoid;

import io.freshet.learning.yaml.Hyperparameter;

/**
 * One minus twice the overlap of a predicted mask and a label mask over the sum of their sizes (Sorensen-Dice).
 *
 * <pre>
 *   prediction = p_k = 1 / (1 + exp(-z_k)),   a = 2 sum_k p_k y_k + smooth,   b = sum_k p_k + sum_k y_k + smooth
 *   L          = 1 - a / b = sum_k (p_k (1 - y_k) + (1 - p_k) y_k) / b
 *   dL/dz_k    = (a / b - 2 y_k) / b * p_k (1 - p_k)
 * </pre>
 *
 * Sums run over the mask of one sample. The loss of a batch is the mean over its samples; some texts use one quotient
 * for the whole batch. The right-hand form of L does not cancel. The mask may be soft, anywhere in [0, 1]. Pinned by
 * {@code LossGoldenTest}.
 *
 * @param smooth > 0, in elements of the mask; it makes the loss 0 where both masks are empty
 * @see <a href="https://arxiv.org/abs/1606.04797">Milletari et al. 2016, V-Net</a>
 */
public record Dice(double smooth) implements MaskLoss {
    /** Of all losses of masks. */
    public static final Hyperparameter SMOOTH =
            new Hyperparameter("smooth", 1, smooth -> smooth > 0 && smooth <= Double.MAX_VALUE, "> 0");

    public Dice {
        SMOOTH.check(smooth);
    }

    @Override
    public String name() {
        return "dice";
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double a = smooth;
        double b = smooth;
        double difference = 0;
        for (int k = 0; k < outputs; k++) {
            double z = logits[at + k];
            double y = labels[labelAt + k];
            double e = exp(-Math.abs(z));
            double p = sigmoid(z, e);
            double rest = sigmoid(-z, e);
            predictions[at + k] = (float) p;
            gradients[at + k] = (float) (p * rest);
            a += 2 * p * y;
            b += p + y;
            difference += p * (1 - y) + rest * y;
        }
        for (int k = 0; k < outputs; k++) {
            gradients[at + k] = (float) ((a / b - 2 * labels[labelAt + k]) / b * gradients[at + k]);
        }
        return difference / b;
    }
}
