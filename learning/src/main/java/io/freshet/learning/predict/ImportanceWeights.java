package io.freshet.learning.predict;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.sigmoid;

import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.stream.Delayed;
import io.freshet.learning.spec.stream.JoinSpec;
import org.jspecify.annotations.Nullable;

/**
 * How a model learns a late positive as another sample, after it has learned the request as a negative.
 *
 * <pre>
 *   q = 1 / (1 + exp(-z))                             the prediction before the update, a constant
 *   positive    a = 1 + s q
 *   negative    b = a (1 - q) / ((1 - q) + s q)
 *
 *   open        W = y a + (1 - y) b     y' = y a / W     a label y in [0, 1] is that share of a positive
 *   changed     W = (y - y0) a          y' = 1           y0: the label that it changes, below y
 *   others      W = 1                   y' = y
 *
 *   dL/dz       = W (q - y')
 * </pre>
 *
 * s is the share of positives that are late. With {@code weighted}, the expected gradient of a request is 0 where q is its rate p,
 * and elsewhere has the sign of q - p; for s = 1, it is (1 - q^2)(q - p). With {@code calibrated}, all weights are 1, which is s = 0
 * here. A label that falls, as by a refund, is no sample that either method could add: W = 0. Stateless. Pinned by {@code
 * ImportanceWeightsTest}.
 *
 * @see <a href="https://arxiv.org/abs/1907.06558">Ktena et al., Addressing Delayed Feedback for Continuous Training</a>, there with
 *     s = 1
 */
public final class ImportanceWeights {
    private final double late;

    /** @param late s, in [0, 1] */
    private ImportanceWeights(double late) {
        this.late = late;
    }

    /** Returns the weights of a model; null if it learns labels in another way. */
    public static @Nullable ImportanceWeights of(ModelSpec spec) {
        JoinSpec join = spec.join();
        if (join == null) {
            return null;
        }
        if (join.delayed() instanceof Delayed.Weighted weighted) {
            return new ImportanceWeights(weighted.late());
        }
        return join.delayed() instanceof Delayed.Calibrated ? new ImportanceWeights(0) : null;
    }

    /**
     * Returns W, at least 0.
     *
     * @param logit z
     * @param label y
     * @param previous y0; any number in other stages than changed
     */
    public double weight(Stage stage, double logit, double label, double previous) {
        return switch (stage) {
            case OPEN -> label * positive(logit) + (1 - label) * negative(logit);
            case CHANGED -> Math.max(0, label - previous) * positive(logit);
            case COMPLETE, CLOSED -> 1;
        };
    }

    /** Returns y', given W. */
    public double label(Stage stage, double logit, double label, double weight) {
        return switch (stage) {
            case OPEN -> label == 0 || label == 1 ? label : label * positive(logit) / weight;
            case CHANGED -> 1;
            case COMPLETE, CLOSED -> label;
        };
    }

    /**
     * Returns dL/dz.
     *
     * @param predicted the logit of q in the weights
     * @param logit z
     */
    float gradient(Stage stage, double predicted, double logit, double label, double previous) {
        double weight = weight(stage, predicted, label, previous);
        return (float) (weight * (sigmoid(logit) - label(stage, predicted, label, weight)));
    }

    private double positive(double logit) {
        return 1 + late * sigmoid(logit);
    }

    private double negative(double logit) {
        return late == 0 ? 1 : positive(logit) / (1 + late * exp(logit));
    }
}
