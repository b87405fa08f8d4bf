package io.freshet.learning.spec;

/** How several outcomes of one request become one label, by their event times. */
public enum Several {
    /** The value of the earliest. */
    FIRST,
    /** The value of the latest. */
    LAST,
    /** The sum of all values. */
    SUM,
    /** The largest value. */
    MAX,
    /** The mean of all values. */
    MEAN;

    /** Returns whether values are numbers: only the first or the last of several names of classes is one. */
    public boolean needsNumbers() {
        return this != FIRST && this != LAST;
    }
}
