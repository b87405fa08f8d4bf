package io.freshet.learning.features;

import java.util.List;

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

    /**
     * Returns why the field is invalid, if this exception only reports a value that a reader marked as missing or infinite: the
     * fault of the field among {@code faults}. If models read the field as several types, prefers the fault of the same part, and
     * with the same expectation.
     */
    public InvalidSampleException orCause(List<InvalidSampleException> faults) {
        InvalidSampleException cause = this;
        int best = 0;
        for (InvalidSampleException fault : faults) {
            int similarity = isMarked() && concerns(fault) ? similarity(fault) : 0;
            if (similarity > best) {
                best = similarity;
                cause = fault;
            }
        }
        return cause;
    }

    /** Returns whether a fault is of this field, or of a column of this vector. */
    private boolean concerns(InvalidSampleException fault) {
        return fault.field.equals(field)
                || RowLayout.isPrefix(field) && NumberedName.numberOf(fault.field, RowLayout.wireName(field)) >= 0;
    }

    private boolean isMarked() {
        String value = text().substring(part().length());
        return value.startsWith(": missing ") || value.startsWith(": Infinity ");
    }

    private int similarity(InvalidSampleException other) {
        return 1 + (part().equals(other.part()) ? 2 : 0) + (expected().equals(other.expected()) ? 1 : 0);
    }

    /** Returns the field, with the index in a vector. */
    private String part() {
        int from = text().startsWith(field) ? field.length() : 0;
        return text().substring(0, Math.max(0, text().indexOf(": ", from)));
    }

    private String expected() {
        return text().substring(Math.max(0, text().lastIndexOf(" (expected: ")));
    }

    private String text() {
        return String.valueOf(getMessage());
    }

    /** Returns the invalid field, without the index in a vector. */
    public String field() {
        return field;
    }
}
