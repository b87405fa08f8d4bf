package io.freshet.learning.merge;

import java.util.List;

/**
 * Makes one step of the model's optimizer along the mean gradient of a mini-batch of each replica: synchronous training with
 * a batch of R times the size.
 *
 * <pre>
 *   g      = sum_r W_r * g_r / W        W_r: weight of the batch of replica r, W = sum_r W_r
 *   theta' = step(theta, g)             clipped, penalized, and scheduled as for one learner
 * </pre>
 *
 * Equal to one learner with a batch of all replicas' samples, except that sums are in another order, and that a replica standardizes a
 * sample by the moments of its own round. Pinned by {@code GradientMergeTest}.
 */
record GradientMerge() implements Merge {
    @Override
    public String name() {
        return "gradient";
    }

    @Override
    public boolean isOfGradients() {
        return true;
    }

    @Override
    public void merge(float[] values, int length, List<WeightedChange> changes, float[][] slots, double[] sums) {
        MeanMerge.merge(values, length, 0, 1, changes, sums);
    }
}
