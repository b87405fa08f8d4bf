package io.freshet.learning.predict;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log1p;
import static io.freshet.learning.math.Transcendental.sigmoid;

import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.stream.Delayed;
import io.freshet.learning.spec.stream.JoinSpec;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the bias of a model that has learned late positives twice: as negatives, and later as positives.
 *
 * <pre>
 *   b  = 1 / (1 + exp(-z))            the share of positives among the labels learned, p / (1 + s p)
 *   p  = b / (1 - s b)                the prediction; s: share of positives that are late
 *   z' = z - log(1 - s exp(z))        its logit, at most 16
 * </pre>
 *
 * From b = 1 / (1 + s) on, which noise reaches, p would be 1 or more. The largest logit limits it to 1 - 1.1e-7, so that no loss is
 * infinite. Only what is reported changes: predictions, losses, metrics, and explanations. The gradient is that of b. Stateless.
 * Pinned by {@code CalibrationGoldenTest}.
 *
 * @see <a href="https://arxiv.org/abs/1907.06558">Ktena et al., Addressing Delayed Feedback for Continuous Training</a>, there with
 *     s = 1
 */
final class Calibration {
    /** The largest logit of a prediction. */
    static final double LARGEST_LOGIT = 16;

    private static final BinaryCrossEntropy LOSS = new BinaryCrossEntropy();

    private final double late;

    /** @param late s, in (0, 1] */
    private Calibration(double late) {
        this.late = late;
    }

    /** Returns the calibration of a model, whose loss is binary cross-entropy with one output; null if it has none. */
    static @Nullable Calibration of(ModelSpec spec) {
        JoinSpec join = spec.join();
        return join != null && join.delayed() instanceof Delayed.Calibrated calibrated
                ? new Calibration(calibrated.late())
                : null;
    }

    /** Returns the logit z' of a prediction. */
    double logit(double z) {
        double odds = late * exp(z);
        return odds >= 1 ? LARGEST_LOGIT : Math.min(LARGEST_LOGIT, z - log1p(-odds));
    }

    /** Returns the prediction with a logit z'. */
    static float prediction(double logit) {
        return (float) sigmoid(logit);
    }

    /** Returns the loss of the prediction with a logit z'. */
    static double loss(double logit, double label) {
        return LOSS.value(logit, label);
    }
}
