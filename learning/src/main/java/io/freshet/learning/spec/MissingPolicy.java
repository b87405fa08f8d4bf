package io.freshet.learning.spec;

/**
 * How the encoder treats a sample that lacks a feature.
 *
 * <pre>
 *   reject      the sample is rejected
 *   mean        x is the running mean of the number, which is 0 after standardization; the sample does not change the
 *               number's moments
 *   indicator   the same, and one more input is 1 for a sample without the number and 0 for any other
 *   zero        x is 0, as if the record contained it; its moments count it
 * </pre>
 *
 * Under any policy but {@link #REJECT}, an absent text is the empty text: a category of its own, no words, or a sparse vector
 * without entries.
 */
public enum MissingPolicy {
    REJECT,
    MEAN,
    INDICATOR,
    ZERO;

    /** Returns whether the running mean takes the place of a missing number. */
    public boolean usesMean() {
        return this == MEAN || this == INDICATOR;
    }
}
