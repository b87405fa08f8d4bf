package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.sample.Excerpt;
import java.util.Arrays;
import java.util.List;

/**
 * Parses a vector from text: numbers separated by spaces, commas, or semicolons, with optional brackets.
 *
 * <pre>
 *   1 0.5 -2        1, 0.5, -2        [1;0.5;-2]        [] or empty: no numbers
 * </pre>
 */
public final class VectorText {
    private VectorText() {}

    /**
     * Returns the numbers of a text.
     *
     * @param name name of the field, for errors
     * @throws InvalidSampleException if an element is not a number, or exceeds the range of a float
     */
    public static float[] parse(String name, String text) throws InvalidSampleException {
        Row row = new Row(new RowLayout(List.of(), List.of(), List.of(name)));
        char[] chars = text.toCharArray();
        parse(name, chars, 0, chars.length, row, 0);
        return Arrays.copyOf(row.vector(0), row.vectorLength(0));
    }

    /** Writes the numbers of {@code chars[from, to)} to a vector of a row. */
    public static void parse(String name, char[] chars, int from, int to, Row row, int place)
            throws InvalidSampleException {
        int at = skipBlanks(chars, from, to);
        int end = to;
        while (end > at && blank(chars[end - 1])) {
            end--;
        }
        boolean bracketed = at < end && chars[at] == '[';
        if (bracketed) {
            if (chars[end - 1] != ']') {
                throw InvalidSampleException.of(
                        name, Excerpt.of(new String(chars, from, to - from)), "numbers and a closing ]");
            }
            at = skipBlanks(chars, at + 1, --end);
        }
        int length = 0;
        row.vector(place, 0);
        while (at < end) {
            int start = at;
            while (at < end && !blank(chars[at]) && !separator(chars[at])) {
                at++;
            }
            row.vector(place, length + 1)[length] = number(name, length, chars, start, at);
            length++;
            at = skipBlanks(chars, at, end);
            if (at < end && separator(chars[at])) {
                at = skipBlanks(chars, at + 1, end);
                if (at == end) {
                    throw InvalidSampleException.of(name, length, "empty", "a number");
                }
            }
        }
    }

    private static float number(String name, int i, char[] chars, int from, int to) throws InvalidSampleException {
        float value = (float) DecimalText.parse(chars, from, to);
        if (Math.abs(value) <= Float.MAX_VALUE) {
            return value;
        }
        throw InvalidSampleException.of(
                name, i, Excerpt.of(new String(chars, from, to - from)), InvalidSampleException.expectedNumber(value));
    }

    private static int skipBlanks(char[] chars, int from, int to) {
        int at = from;
        while (at < to && blank(chars[at])) {
            at++;
        }
        return at;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private static boolean separator(char c) {
        return c == ',' || c == ';';
    }
}
