package io.freshet.learning.spec;

/**
 * How the contributions of a round become one change of the parameters.
 *
 * <p>Sums are of doubles, in the order of the contributions, and are rounded to a float once. Pinned by {@code ReplicaOracleTest} and
 * {@code GradientMergeTest}.
 */
public enum Merge {
    /**
     * Moves parameters by the mean change, weighted by the samples that each replica learned.
     *
     * <pre>
     *   theta' = theta + sum_r n_r / N * change_r        N = sum_r n_r
     * </pre>
     *
     * A replica that did not change a parameter counts with a change of 0.
     */
    MEAN,
    /**
     * Makes one step of the model's optimizer along the mean gradient of a mini-batch of each replica: synchronous training with
     * a batch of R times the size. Replicas contribute gradients instead of changes, and the optimizer's slots are the reducer's.
     *
     * <pre>
     *   g      = sum_r W_r * g_r / W        W_r: weight of the batch of replica r, W = sum_r W_r
     *   theta' = step(theta, g)             clipped, penalized, and scheduled as for one learner
     * </pre>
     *
     * Equal to one learner with a batch of all replicas' samples, except that sums are in another order, and that a replica
     * standardizes a sample by the moments of its own round.
     */
    GRADIENT
}
