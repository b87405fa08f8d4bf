package io.freshet.learning.loss;

import org.jspecify.annotations.Nullable;

/** A loss of a box, whose corners are the logits. */
sealed interface BoxLoss extends Loss permits BoxIou, GeneralizedBoxIou {
    int CORNERS = 4;

    @Override
    default Task task() {
        return Task.BOX;
    }

    @Override
    default int minimumOutputs() {
        return CORNERS;
    }

    @Override
    default int maximumOutputs() {
        return CORNERS;
    }

    @Override
    default @Nullable String labelExpectation(float[] label, int outputs) {
        return LabelRange.box(label);
    }
}
