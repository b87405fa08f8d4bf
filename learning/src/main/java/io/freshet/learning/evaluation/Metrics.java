package io.freshet.learning.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * The metrics of a tally: how well samples were predicted before they were learned. Null if a metric does not apply.
 *
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
        @Nullable Double iou,
        Classification classification) {}
