package io.freshet.learning.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * What a tally says: how well samples were predicted before they were learned. Null where a metric does not apply.
 *
 * @param samples how many
 * @param loss mean by weight
 * @param baselineLoss of the best constant prediction, known only in hindsight: the entropy of the labels, their
 *     variance, or twice the share of the rarer label
 * @param accuracy share whose most likely class was right; of several labels or steps, share of those
 * @param logLoss mean cross-entropy, natural logarithm
 * @param auc area under the receiver operating characteristic, two classes
 * @param mae mean absolute error
 * @param rmse root of the mean squared error
 * @param r2 coefficient of determination: 1 - squared error / variance of the labels; of several outputs, of their sums
 * @param calibration mean prediction over mean label
 * @param iou mean intersection over union, of masks at probability 0.5 or of boxes
 */
public record Metrics(
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
        @Nullable Double iou) {}
