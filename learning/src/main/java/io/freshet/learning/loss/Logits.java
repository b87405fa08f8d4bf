package io.freshet.learning.loss;

import io.freshet.learning.math.Probability;

/** Logits of probabilities, for the losses whose link is the logistic function. */
final class Logits {
    private Logits() {}

    /** Writes log(p_k / (1 - p_k)); returns whether the numbers are probabilities. */
    static boolean ofProbabilities(float[] predictions, int at, int outputs, float[] logits) {
        boolean valid = true;
        for (int k = at; k < at + outputs; k++) {
            valid &= Probability.isOne(predictions[k]);
            logits[k] = (float) Probability.logit(predictions[k]);
        }
        return valid;
    }
}
