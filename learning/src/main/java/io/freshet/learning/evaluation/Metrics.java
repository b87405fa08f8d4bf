package io.freshet.learning.evaluation;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a tally: how well samples were predicted before they were learned. Null if a metric does not apply. Immutable.
 */
public final class Metrics {
    private final long samples;
    private final double loss;
    private final long baselineLoss;
    private final long accuracy;
    private final long logLoss;
    private final long auc;
    private final long mae;
    private final long rmse;
    private final long r2;
    private final long calibration;
    private final long iou;
    private final Classification classification;

    /**
     * @param samples number of samples
     * @param loss mean loss, by weight
     * @param baselineLoss loss of the best constant prediction in hindsight: the entropy of the labels, their variance, or
     *     twice the share of the rarer label
     * @param accuracy share of samples whose predicted class was correct; for several labels or steps, share of those
     * @param logLoss mean cross-entropy, natural logarithm
     * @param auc area under the ROC curve, for two classes
     * @param mae mean absolute error
     * @param rmse root of the mean squared error
     * @param r2 coefficient of determination: 1 - squared error / variance of the labels; for several outputs, of their
     *     sums
     * @param calibration mean prediction over mean label
     * @param iou mean intersection over union of boxes, or of masks at probability 0.5
     * @param classification precision, recall, and so on
     */
    public Metrics(
            long samples,
            double loss,
            @Nullable Double baselineLoss,
            @Nullable Double accuracy,
            @Nullable Double logLoss,
            @Nullable Double auc,
            @Nullable Double mae,
            @Nullable Double rmse,
            @Nullable Double r2,
            @Nullable Double calibration,
            @Nullable Double iou,
            Classification classification) {
        this.samples = samples;
        this.loss = loss;
        this.baselineLoss = MaybeDouble.of(baselineLoss);
        this.accuracy = MaybeDouble.of(accuracy);
        this.logLoss = MaybeDouble.of(logLoss);
        this.auc = MaybeDouble.of(auc);
        this.mae = MaybeDouble.of(mae);
        this.rmse = MaybeDouble.of(rmse);
        this.r2 = MaybeDouble.of(r2);
        this.calibration = MaybeDouble.of(calibration);
        this.iou = MaybeDouble.of(iou);
        this.classification = classification;
    }

    public long samples() {
        return samples;
    }

    public double loss() {
        return loss;
    }

    public @Nullable Double baselineLoss() {
        return MaybeDouble.get(baselineLoss);
    }

    public @Nullable Double accuracy() {
        return MaybeDouble.get(accuracy);
    }

    public @Nullable Double logLoss() {
        return MaybeDouble.get(logLoss);
    }

    public @Nullable Double auc() {
        return MaybeDouble.get(auc);
    }

    public @Nullable Double mae() {
        return MaybeDouble.get(mae);
    }

    public @Nullable Double rmse() {
        return MaybeDouble.get(rmse);
    }

    public @Nullable Double r2() {
        return MaybeDouble.get(r2);
    }

    public @Nullable Double calibration() {
        return MaybeDouble.get(calibration);
    }

    public @Nullable Double iou() {
        return MaybeDouble.get(iou);
    }

    public Classification classification() {
        return classification;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Metrics metrics
                && samples == metrics.samples
                && Arrays.equals(numbers(), metrics.numbers())
                && classification.equals(metrics.classification);
    }

    @Override
    public int hashCode() {
        return Objects.hash(samples, Arrays.hashCode(numbers()), classification);
    }

    @Override
    public String toString() {
        return "Metrics[samples=" + samples + ", loss=" + loss + ", baselineLoss=" + baselineLoss() + ", accuracy="
                + accuracy() + ", logLoss=" + logLoss() + ", auc=" + auc() + ", mae=" + mae() + ", rmse=" + rmse()
                + ", r2=" + r2() + ", calibration=" + calibration() + ", iou=" + iou() + ", " + classification + "]";
    }

    private long[] numbers() {
        return new long[] {
            Double.doubleToRawLongBits(loss), baselineLoss, accuracy, logLoss, auc, mae, rmse, r2, calibration, iou
        };
    }
}
