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
    public void merge(float[] values, int length, List<WeightedChange> changes, float[][] slots) {
        double[] sums = new double[length];
        for (int i = 0; i < length; i++) {
            sums[i] = values[i];
        }
        for (WeightedChange each : changes) {
            each.change().addTo(sums, length, 0, 1, 1);
        }
        for (int i = 0; i < length; i++) {
            values[i] = (float) sums[i];
        }
    }
}
