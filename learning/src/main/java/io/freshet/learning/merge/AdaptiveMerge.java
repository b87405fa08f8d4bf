package io.freshet.learning.merge;

import java.util.Arrays;
import java.util.List;

/**
 * Moves each parameter by the mean of the changes of the replicas that changed it, weighted by the squared gradients that
 * their optimizers have accumulated for it.
 *
 * <pre>
 *   theta' = theta + sum_r G_r * change_r / sum_r G_r        r: the replicas that changed this parameter
 * </pre>
 *
 * So a replica that saw a feature often counts more for it than one that saw it rarely, and one that did not see it does not
 * count. If all G_r are 0, they count as equal. G is the sum of AdaGrad and FTRL, and the running mean of RMSProp and Adam.
 *
 * @see <a href="https://jmlr.org/papers/v15/agarwal14a.html">Agarwal et al. 2014, A reliable effective terascale linear
 *     learning system, algorithm 2</a>
 */
record AdaptiveMerge() implements Merge {
    @Override
    public String name() {
        return "adaptive";
    }

    @Override
    public boolean needsSquares() {
        return true;
    }

    @Override
    public void merge(float[] values, int length, List<WeightedChange> changes, float[][] slots, double[] sums) {
        double[] totals = new double[length];
        int[] counts = new int[length];
        for (WeightedChange each : changes) {
            count(each.change(), length, totals, counts);
        }
        Arrays.fill(sums, 0, length, 0);
        double[] own = new double[length];
        for (WeightedChange each : changes) {
            BlockChange change = each.change();
            change.addTo(own, length, 0, 1, 1);
            for (int i = 0; i < change.count(length); i++) {
                int at = change.coordinate(i);
                double weight = totals[at] > 0 ? change.squares()[i] / totals[at] : 1.0 / counts[at];
                sums[at] += own[at] == 0 ? 0 : weight * own[at];
                own[at] = 0;
            }
        }
        for (int i = 0; i < length; i++) {
            values[i] = (float) (values[i] + sums[i]);
        }
    }

    private static void count(BlockChange change, int length, double[] totals, int[] counts) {
        for (int i = 0; i < change.count(length); i++) {
            int at = change.coordinate(i);
            totals[at] += change.squares()[i];
            counts[at] += change.changes()[i] == 0 ? 0 : 1;
        }
    }
}
