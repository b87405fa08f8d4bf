package io.freshet.learning.merge;

import java.util.List;

/**
 * Moves parameters by the mean change, weighted by the samples that each replica learned.
 *
 * <pre>
 *   theta' = theta + sum_r n_r / N * change_r        N = sum_r n_r
 * </pre>
 *
 * A replica that did not change a parameter counts with a change of 0.
 */
public record MeanMerge() implements Merge {
    @Override
    public String name() {
        return "mean";
    }

    @Override
    public void merge(float[] values, int length, List<WeightedChange> changes, float[][] slots, double[] sums) {
        merge(values, length, 0, 1, changes, sums);
    }

    /**
     * Merges parts [fromPart, toPart) of a block: part 0 are the parameters, the others slots.
     *
     * @param sums scratch space, at least as long as the values
     */
    public static void merge(
            float[] values, int length, int fromPart, int toPart, List<WeightedChange> changes, double[] sums) {
        for (int i = fromPart * length; i < toPart * length; i++) {
            sums[i] = values[i];
        }
        for (WeightedChange each : changes) {
            each.change().addTo(sums, length, fromPart, toPart, each.share());
        }
        for (int i = fromPart * length; i < toPart * length; i++) {
            values[i] = (float) sums[i];
        }
    }
}
