package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.sigmoid;

import org.jspecify.annotations.Nullable;

/** A loss of a mask, whose elements are predicted by sigmoids and overlap those of a label in [0, 1]. */
sealed interface MaskLoss extends Loss permits Dice, Iou {
    @Override
    default Task task() {
        return Task.MASK;
    }

    @Override
    default @Nullable String labelExpectation(float[] label, int outputs) {
        return LabelRange.unitInterval(label, outputs);
    }

    @Override
    default void predict(float[] logits, int at, int outputs, float[] predictions) {
        for (int k = at; k < at + outputs; k++) {
            predictions[k] = (float) sigmoid(logits[k]);
        }
    }

    @Override
    default boolean invert(float[] predictions, int at, int outputs, float[] logits) {
        return Logits.ofProbabilities(predictions, at, outputs, logits);
    }
}
