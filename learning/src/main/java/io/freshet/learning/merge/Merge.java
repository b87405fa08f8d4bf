package io.freshet.learning.merge;

import io.freshet.learning.optimizer.Optimizer;
import java.util.List;
import java.util.Map;

/**
 * Merges the contributions of a round into the parameters of a block.
 *
 * <p>Sums are of doubles, in the order of the contributions, and are rounded to a float once. A merge is a thread-safe
 * value. Pinned by {@code ReplicaOracleTest}.
 */
public sealed interface Merge permits MeanMerge, SumMerge, AdaptiveMerge, OuterMerge, GradientMerge {
    /** Returns the name in YAML, for example {@code mean}. */
    String name();

    /** Returns the numbers beside the type in YAML, by name. */
    default Map<String, Object> hyperparameters() {
        return Map.of();
    }

    /** Returns whether contributions include the squared gradients that the optimizer has accumulated. */
    default boolean needsSquares() {
        return false;
    }

    /** Returns the count of slots of the merge itself, each as long as the parameters. All start at 0. */
    default int slots() {
        return 0;
    }

    /**
     * Returns whether replicas contribute gradients instead of changes: the reducer steps along the merged gradient, and
     * the optimizer's slots are its own.
     */
    default boolean isOfGradients() {
        return false;
    }

    /**
     * Changes the parameters of a block.
     *
     * @param values the parameters, then slots, which do not change; zeros for a gradient
     * @param length count of parameters
     * @param changes of the block, in the order of their contributions
     * @param slots of the merge itself for the parameters of the block
     * @param sums scratch space, at least as long as the values
     */
    void merge(float[] values, int length, List<WeightedChange> changes, float[][] slots, double[] sums);

    /**
     * A change and what it counts.
     *
     * @param share of the samples of the round that its contribution learned; for a gradient, 1 / the weight of all
     */
    record WeightedChange(BlockChange change, double share) {}

    /** Returns the mean of the changes, weighted by samples. */
    static Merge mean() {
        return new MeanMerge();
    }

    /** Returns the sum of the changes. */
    static Merge sum() {
        return new SumMerge();
    }

    /** Returns the mean of the changes, weighted by accumulated squared gradients. */
    static Merge adaptive() {
        return new AdaptiveMerge();
    }

    /** Returns the mean gradient of one mini-batch of each replica. */
    static Merge gradient() {
        return new GradientMerge();
    }

    /** Returns a step of an optimizer along the mean change. */
    static Merge outer(Optimizer optimizer, double learningRate) {
        return new OuterMerge(optimizer, learningRate);
    }
}
