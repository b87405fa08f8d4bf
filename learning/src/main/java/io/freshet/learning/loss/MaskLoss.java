package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.sigmoid;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A loss of a mask, whose elements are predicted by sigmoids and overlap those of a label in [0, 1]. */
sealed interface MaskLoss extends Loss permits Dice, Iou {
    /** Returns what is added to both parts of the quotient: &gt; 0, in elements of the mask. */
    double smooth();

    static void check(double smooth) {
        if (!Dice.validSmooth(smooth)) {
            throw new IllegalArgumentException("smooth: " + smooth + " (expected: > 0)");
        }
    }

    @Override
    default Task task() {
        return Task.MASK;
    }

    @Override
    default Map<String, Double> hyperparameters() {
        return Map.of("smooth", smooth());
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
