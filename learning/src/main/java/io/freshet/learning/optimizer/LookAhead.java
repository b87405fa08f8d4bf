package io.freshet.learning.optimizer;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer of linear models that sees more than a gradient: the entries of each sample, its label, and the loss as a function of
 * the logits. So it knows the scale of each feature, and where along its step the loss is smallest.
 *
 * <p>A few numbers for the whole model, its memory, are part of the learner's state.
 */
public sealed interface LookAhead extends Optimizer permits NormalizedAdaGrad, ScaleFree {
    /** Returns a new array with the memory before the first sample. Its length is always the same. */
    double[] memory();

    /** Returns the factor of all steps that the memory holds, to report it times the learning rate. */
    double factor(double[] memory);

    /** Returns how many numbers a step computes for each entry and output of a sample: 1 or 2. */
    int numbersPerEntry();

    /**
     * Learns one sample.
     *
     * @param memory changed in place
     */
    void learn(Weights weights, double[] memory, SampleStep sample);

    @Override
    default boolean looksAhead() {
        return true;
    }

    @Override
    default @Nullable String lossExpectation(Loss loss) {
        return loss.isConvex() ? null : "a convex loss, since optimizer " + name() + " looks for its minimum";
    }

    @Override
    default void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        throw new UnsupportedOperationException(
                "optimizer: " + name() + " (expected: one that steps by a gradient alone)");
    }
}
