package io.freshet.learning.features;

/**
 * A sample that may not be learned: a field is missing, has the wrong type, or a value out of range.
 *
 * <p>The message names the field, the value and what was expected. It carries no stack trace, since a stream can bring
 * a hundred thousand of them.
 */
public final class BadSampleException extends Exception {
    private static final long serialVersionUID = 1;

    public BadSampleException(String message) {
        super(message, null, false, false);
    }

    /**
     * Returns what was expected of a number that is none, or fits no float.
     *
     * @param value not a number for what is none
     */
    public static String expectedNumber(double value) {
        return Double.isNaN(value) ? "a number" : "a number of magnitude up to 3.4e38";
    }

    /** Returns an exception in the form {@code label: 7.0 (expected: 0 or 1)}. */
    public static BadSampleException of(String field, Object value, String expected) {
        return new BadSampleException(field + ": " + value + " (expected: " + expected + ")");
    }
}
