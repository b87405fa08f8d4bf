package io.freshet.learning.replica;

import io.freshet.learning.evaluation.Tally;
import java.util.ArrayList;
import java.util.List;

/** How well each replica predicted its samples of a round before learning them. */
final class ReplicaLosses {
    private ReplicaLosses() {}

    /**
     * Returns the mean loss of each replica, in their order; NaN for one that contributed no samples.
     *
     * @param count of replicas
     */
    static List<Double> of(List<Contribution> round, int count) {
        double[] sums = new double[count];
        double[] weights = new double[count];
        for (Contribution each : round) {
            Tally window = each.validation().window();
            if (window.weight() > 0) {
                sums[each.member().replica()] += window.loss() * window.weight();
                weights[each.member().replica()] += window.weight();
            }
        }
        List<Double> losses = new ArrayList<>();
        for (int replica = 0; replica < count; replica++) {
            losses.add(sums[replica] / weights[replica]);
        }
        return losses;
    }
}
