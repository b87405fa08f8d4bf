package io.freshet.learning.evaluation;

import io.freshet.learning.math.Transcendental;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A model predicts worse than the best constant: since the start, and in the newest window of each of its keys. So neither a
 * slow start nor a model that has recovered counts.
 *
 * <pre>
 *   worse    : n >= 1000 since the start, and L > C + (K - 1) / (2 n) + 4 sqrt(V / n) in both
 *   diverged : worse, and since the start, L > 10 C and L > U
 * </pre>
 *
 * L is the mean loss of n samples, C that of the best constant in hindsight ({@link Metric#BASELINE_LOSS}), and U that of an
 * untrained model, whose logits are 0. The second term is how much lower hindsight makes C for each window; the third is four
 * standard errors of a mean loss with variance V, that of a constant:
 *
 * <pre>
 *   binary cross-entropy         V = 0.44                      K = 2   U = ln 2
 *   cross-entropy of K classes   V = (ln(K - 1))^2 / 4 + 1             U = ln K
 *   hinge                        V = 1                         K = 1   U = 1
 *   squared error                V = 2 C^2, normal labels      K = 1   U = C + mean(label)^2
 * </pre>
 *
 * For other losses, and for labels that are all the same, no model is judged. Pinned by {@code WorseThanConstantTest}.
 *
 * @param loss mean loss since the start
 * @param constant of the best constant, in the unit of the loss
 * @param samples count of samples since the start
 * @param diverged whether the loss is far above, also above that of an untrained model
 * @see <a href="https://arxiv.org/abs/1304.0036">Reeb and Wolf, Tight bound on relative entropy by entropy difference</a>
 */
public record WorseThanConstant(double loss, double constant, long samples, boolean diverged) {
    /** Fewer samples may be worse because the model has just started. */
    private static final long MINIMUM_SAMPLES = 1000;

    private static final double STANDARD_ERRORS = 4;
    private static final double FAR = 10;
    private static final double BINARY_VARIANCE = 0.44;

    /**
     * Judges a model.
     *
     * @param keys sums since the start of each key of the model, of the same shape
     * @param windows metrics of the newest window of each key; none if unknown
     */
    public static @Nullable WorseThanConstant of(Collection<Tally> keys, List<Metrics> windows) {
        long samples = keys.stream().mapToLong(Tally::samples).sum();
        // The windows are cheaper than the sum of many keys, and no window of a model that is well is worse.
        if (samples < MINIMUM_SAMPLES
                || !windows.isEmpty() && !isWorse(keys.iterator().next(), windows)) {
            return null;
        }
        Tally total = keys.iterator().next().empty();
        keys.forEach(total::addSums);
        Metrics metrics = total.metrics();
        Double constant = metrics.get(Metric.BASELINE_LOSS);
        if (constant == null || total.weight() <= 0 || !isWorse(total, List.of(metrics))) {
            return null;
        }
        boolean diverged = !(metrics.loss() <= FAR * constant) && !(metrics.loss() <= untrained(total, constant));
        return new WorseThanConstant(metrics.loss(), constant, samples, diverged);
    }

    /** @param shape a tally of the same task and outputs */
    private static boolean isWorse(Tally shape, List<Metrics> windows) {
        double samples = 0;
        double loss = 0;
        double constant = 0;
        for (Metrics window : windows) {
            Double ofWindow = window.get(Metric.BASELINE_LOSS);
            samples += window.samples();
            loss += window.samples() * window.loss();
            constant += window.samples() * (ofWindow == null ? Double.NaN : ofWindow);
        }
        constant /= samples;
        // Labels that are all the same say nothing about noise.
        if (!(constant > 0)) {
            return false;
        }
        double hindsight = windows.size() * (parameters(shape) - 1) / (2 * samples);
        double noise = STANDARD_ERRORS * Math.sqrt(variance(shape, constant) / samples);
        // A loss that is not a number is worse.
        return !(loss / samples <= constant + hindsight + noise);
    }

    /** Returns the K of the equation. */
    private static double parameters(Tally shape) {
        return switch (shape.task()) {
            case BINARY -> 2;
            case MULTICLASS, SEQUENCE -> shape.classes.length;
            default -> 1;
        };
    }

    private static double variance(Tally shape, double constant) {
        return switch (shape.task()) {
            case BINARY -> logLossVariance(2);
            case MULTICLASS, SEQUENCE -> logLossVariance(shape.classes.length);
            case MARGIN -> 1;
            default -> 2 * constant * constant;
        };
    }

    private static double untrained(Tally total, double constant) {
        return switch (total.task()) {
            case BINARY -> Transcendental.log(2);
            case MULTICLASS, SEQUENCE -> Transcendental.log(total.classes.length);
            case MARGIN -> 1;
            default -> {
                int outputs = Math.max(1, total.classes.length);
                double squares = 0;
                for (int k = 0; k < outputs; k++) {
                    double mean = total.mean(total.labelOf(k));
                    squares += mean * mean;
                }
                yield constant + squares / outputs;
            }
        };
    }

    /** Returns the largest variance of -ln p under p, for distributions p of a number of classes. */
    public static double logLossVariance(int classes) {
        double log = Transcendental.log(classes - 1);
        return classes == 2 ? BINARY_VARIANCE : log * log / 4 + 1;
    }

    /**
     * Returns the problem in words, such as {@code diverged: loss 1469 of 30,000 samples (expected: at most 0.6870, the loss of
     * the best constant)}.
     */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%s: loss %.4g of %,d samples (expected: at most %.4g, the loss of the best constant)",
                diverged ? "diverged" : "worse than a constant",
                loss,
                samples,
                constant);
    }
}
