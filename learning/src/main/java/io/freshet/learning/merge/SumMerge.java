package io.freshet.learning.merge;

import java.util.List;

/**
 * Moves parameters by the sum of the changes: for sparse features that few replicas share.
 *
 * <pre>
 *   theta' = theta + sum_r change_r
 * </pre>
 */
record SumMerge() implements Merge {
    @Override
    public String name() {
        return "sum";
    }

    @Override
    public void merge(float[] values, int length, List<WeightedChange> changes, float[][] slots, double[] sums) {
        List<WeightedChange> whole = changes.stream()
                .map(each -> new WeightedChange(each.change(), 1))
                .toList();
        MeanMerge.merge(values, length, 0, 1, whole, sums);
    }
}
