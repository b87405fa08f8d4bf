package io.freshet.learning.features;

/**
 * A sample that may not be learned: a field is missing, has the wrong type, or a value out of range.
 *
 * <p>The message names the field, the value and what was expected. It carries no stack trace, since a stream can bring
 * a hundred thousand of them.
 */
public final class InvalidSampleException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidSampleException(String message) {
        super(message, null, false, false);
    }

    /**
     * Returns what was expected instead of NaN or a number beyond the range of a float.
     *
     * @param value not a number for what is none
     */
    public static String expectedNumber(double value) {
        return Double.isNaN(value) ? "a number" : "a number of magnitude up to 3.4e38";
    }

    /** Returns an exception in the form {@code label: 7.0 (expected: 0 or 1)}. */
    public static InvalidSampleException of(String field, Object value, String expected) {
        return new InvalidSampleException(field + ": " + value + " (expected: " + expected + ")");
    }
}
