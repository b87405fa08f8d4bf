package io.freshet.learning.loss;

import org.jspecify.annotations.Nullable;

/** A loss whose predictions are the logits, numbers like the labels. */
sealed interface NumberLoss extends PointwiseLoss permits MeanSquaredError, MeanAbsoluteError, Huber, Quantile {
    @Override
    default Task task() {
        return Task.NUMBER;
    }

    @Override
    default boolean isInUnitOfLabel() {
        return true;
    }

    @Override
    default @Nullable String labelExpectation(float[] label, int outputs) {
        return LabelRange.numbers(label, outputs);
    }
}
