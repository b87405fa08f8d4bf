package io.freshet.learning.features;

/**
 * A sample is invalid: a field is missing, has the wrong type, or is out of range.
 *
 * <p>The message names the field, its value, and the expected values. There is no stack trace, since a stream can
 * contain a hundred thousand invalid samples.
 */
public final class InvalidSampleException extends Exception {
    private static final long serialVersionUID = 1;

    private final String field;

    public InvalidSampleException(String field, String message) {
        super(message, null, false, false);
        this.field = field;
    }

    /** Returns the text after "expected" for a number that is NaN or exceeds the range of a float. */
    public static String expectedNumber(double value) {
        return Double.isNaN(value) ? "a number" : "a number of magnitude up to 3.4e38";
    }

    /** Returns an exception in the form {@code label: 7.0 (expected: 0 or 1)}. */
    public static InvalidSampleException of(String field, Object value, String expected) {
        return new InvalidSampleException(field, field + ": " + value + " (expected: " + expected + ")");
    }

    /** Returns an exception for an element of a vector, in the form {@code pixel[3]: NaN (expected: a number)}. */
    public static InvalidSampleException of(String field, int index, Object value, String expected) {
        return new InvalidSampleException(field, field + "[" + index + "]: " + value + " (expected: " + expected + ")");
    }

    /** Returns the invalid field, without the index in a vector. */
    public String field() {
        return field;
    }
}
