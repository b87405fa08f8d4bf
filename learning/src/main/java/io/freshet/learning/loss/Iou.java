package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.sigmoid;

/**
 * One minus the intersection over union of a predicted mask and a label mask (soft Jaccard).
 *
 * <pre>
 *   prediction = p_k = 1 / (1 + exp(-z_k)),   i = sum_k p_k y_k + smooth,   u = sum_k (p_k + y_k - p_k y_k) + smooth
 *   L          = 1 - i / u = sum_k (p_k (1 - y_k) + (1 - p_k) y_k) / u
 *   dL/dz_k    = ((i / u) (1 - y_k) - y_k) / u * p_k (1 - p_k)
 * </pre>
 *
 * Sums run over the mask of one sample; the loss of a batch is the mean over its samples. The right-hand form of L does
 * not cancel. The mask may be soft, anywhere in [0, 1]; then even p = y has a loss above 0, since intersections are
 * products. Pinned by {@code LossGoldenTest}.
 *
 * @param smooth > 0, in elements of the mask; it makes the loss 0 where both masks are empty
 * @see <a href="https://doi.org/10.1007/978-3-319-50835-1_22">Rahman and Wang 2016, Optimizing
 *     intersection-over-union</a>
 */
public record Iou(double smooth) implements MaskLoss {
    public Iou {
        Dice.SMOOTH.check(smooth);
    }

    @Override
    public String name() {
        return "iou";
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double intersection = smooth;
        double union = smooth;
        double difference = 0;
        for (int k = 0; k < outputs; k++) {
            double z = logits[at + k];
            double y = labels[labelAt + k];
            double e = exp(-Math.abs(z));
            double p = sigmoid(z, e);
            double rest = sigmoid(-z, e);
            predictions[at + k] = (float) p;
            gradients[at + k] = (float) (p * rest);
            intersection += p * y;
            union += p + rest * y;
            difference += p * (1 - y) + rest * y;
        }
        double share = intersection / union;
        for (int k = 0; k < outputs; k++) {
            double y = labels[labelAt + k];
            gradients[at + k] = (float) ((share * (1 - y) - y) / union * gradients[at + k]);
        }
        return difference / union;
    }
}
