package io.freshet.learning.model;

import io.freshet.learning.features.Stage;
import java.util.Arrays;

/** The stages of a batch's samples, and the labels that changed ones replace, once one of the samples is not complete. */
final class Revisions {
    /** Size of a sample's stage and previous label in a checkpoint. */
    static final long STORED_BYTES = Byte.BYTES + Float.BYTES;

    private Stage[] stages = {};
    private float[] previous = {};

    /** Starts a batch whose first samples are complete. */
    void start(int complete) {
        for (int i = 0; i < complete; i++) {
            set(i, Stage.COMPLETE, Float.NaN);
        }
    }

    void set(int i, Stage stage, float replaced) {
        if (i >= previous.length) {
            stages = Arrays.copyOf(stages, Math.max(4, 2 * i));
            previous = Arrays.copyOf(previous, stages.length);
        }
        stages[i] = stage;
        previous[i] = replaced;
    }

    Stage stage(int i) {
        return stages[i];
    }

    float previous(int i) {
        return previous[i];
    }

    /** Returns how many of the first samples are changed ones. */
    int changed(int samples) {
        int count = 0;
        for (int i = 0; i < samples; i++) {
            count += stages[i] == Stage.CHANGED ? 1 : 0;
        }
        return count;
    }

    long bytes() {
        return (Float.BYTES + Integer.BYTES) * (long) previous.length;
    }
}
