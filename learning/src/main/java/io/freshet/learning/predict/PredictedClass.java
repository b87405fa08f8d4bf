package io.freshet.learning.predict;

import io.freshet.learning.loss.Task;

/** The class that a prediction decides for. */
public final class PredictedClass {
    private PredictedClass() {}

    /** Returns the class of a binary label: 1 if its probability is at least 0.5, or its score at least 0. */
    public static int ofTwo(Task task, float prediction) {
        return prediction >= (task == Task.MARGIN ? 0 : 0.5f) ? 1 : 0;
    }

    /** Returns the most likely of several classes, whose probabilities start at {@code from}; the first among equals. */
    public static int mostLikely(float[] probabilities, int from, int classes) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            if (probabilities[from + k] > probabilities[from + best]) {
                best = k;
            }
        }
        return best;
    }
}
