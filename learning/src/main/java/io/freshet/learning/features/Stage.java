package io.freshet.learning.features;

import org.jspecify.annotations.Nullable;

/**
 * What a sample says about its label, which may change after it was first learned. The samples of one id come in the order of
 * these stages: either one complete sample, or one open, any number of changed, and one closed.
 */
public enum Stage {
    /** The label is final: the sample is predicted, scored, and learned. */
    COMPLETE(0),
    /** The label may change: the sample is predicted and learned, and its prediction is kept to be scored later. */
    OPEN(1),
    /** The label replaces a previous one: only the difference is learned. */
    CHANGED(2),
    /** The label is final: the kept prediction is scored, and nothing is learned. The sample has no features. */
    CLOSED(3);

    private static final Stage[] STAGES = values();

    private final int number;

    Stage(int number) {
        this.number = number;
    }

    /** Returns the number in records and states. */
    public int number() {
        return number;
    }

    /** Returns the stage with a number; null if there is none. */
    public static @Nullable Stage of(int number) {
        return number >= 0 && number < STAGES.length ? STAGES[number] : null;
    }

    /** Returns whether the sample is the first of its id, so that another of the same id is a duplicate. */
    public boolean isFirst() {
        return this == COMPLETE || this == OPEN;
    }
}
