package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.math.ExactDecimal;
import java.nio.charset.StandardCharsets;

/**
 * Reads a sparse vector in LIBSVM's notation, {@code index:value index:value ...}, from bytes in place.
 *
 * <p>Indices are whole numbers of at least 0; values are decimal numbers. Digits up to 2^53 with at most 22 decimals
 * are converted by {@link ExactDecimal}, and {@link Double#parseDouble} converts all others, so every value is
 * the nearest double.
 */
public final class SparsePairs {
    private final String field;
    private final byte[] bytes;
    private final int to;
    private int at;
    private int index;
    private float value;

    /** Reads {@code bytes[from, to)}; errors name {@code field}. */
    public SparsePairs(String field, byte[] bytes, int from, int to) {
        this.field = field;
        this.bytes = bytes;
        this.at = from;
        this.to = to;
    }

    /** Returns the sparse vector in the place of a row's text in this notation. */
    public static String text(Row row, int place) {
        StringBuilder pairs = new StringBuilder();
        for (int i = 0; i < row.sparseLength(place); i++) {
            pairs.append(i == 0 ? "" : " ")
                    .append(row.sparseIndices(place)[i])
                    .append(':')
                    .append(row.sparseValues(place)[i]);
        }
        return pairs.toString();
    }

    public int index() {
        return index;
    }

    public float value() {
        return value;
    }

    /** Moves to the next pair; returns false at the end. */
    public boolean next() throws InvalidSampleException {
        while (at < to && bytes[at] == ' ') {
            at++;
        }
        if (at == to) {
            return false;
        }
        int start = at;
        long i = 0;
        while (at < to && digit(bytes[at]) && i <= Integer.MAX_VALUE) {
            i = i * 10 + bytes[at++] - '0';
        }
        if (at == start || at == to || bytes[at] != ':' || i > Integer.MAX_VALUE) {
            throw invalid(start);
        }
        index = (int) i;
        at++;
        double parsed = readValue(start);
        if (!(Math.abs(parsed) <= Float.MAX_VALUE)) {
            throw invalid(start);
        }
        value = (float) parsed;
        return true;
    }

    /** Reads a value and moves to its end. Reads plain decimals in one pass, without {@link Double#parseDouble}. */
    private double readValue(int pair) throws InvalidSampleException {
        int from = at;
        boolean negative = at < to && bytes[at] == '-';
        int firstDigit = negative ? at + 1 : at;
        at = firstDigit;
        long digits = readDigits(0);
        int count = at - firstDigit;
        int decimals = 0;
        if (at < to && bytes[at] == '.') {
            int point = at++;
            digits = readDigits(digits);
            decimals = at - point - 1;
            count += decimals;
        }
        if ((at == to || bytes[at] == ' ') && count > 0 && ExactDecimal.hasExponent(decimals)) {
            double magnitude = ExactDecimal.of(digits, -decimals);
            return negative ? -magnitude : magnitude;
        }
        return parse(pair, from);
    }

    /** Appends the digits at the current position to a number, as long as it stays exact as a double. */
    private long readDigits(long number) {
        long result = number;
        while (at < to && digit(bytes[at]) && result < ExactDecimal.LARGEST / 10) {
            result = result * 10 + bytes[at++] - '0';
        }
        return result;
    }

    private double parse(int pair, int from) throws InvalidSampleException {
        at = from;
        while (at < to && bytes[at] != ' ') {
            // Reject Java's extensions, such as hexadecimal digits and the suffixes d and f.
            if (!digit(bytes[at]) && "+-.eE".indexOf(bytes[at]) < 0) {
                throw invalid(pair);
            }
            at++;
        }
        try {
            return Double.parseDouble(new String(bytes, from, at - from, StandardCharsets.ISO_8859_1));
        } catch (NumberFormatException e) {
            throw invalid(pair);
        }
    }

    private InvalidSampleException invalid(int start) {
        int end = start;
        while (end < to && end - start < 40 && bytes[end] != ' ') {
            end++;
        }
        return InvalidSampleException.of(
                field, new String(bytes, start, end - start, StandardCharsets.UTF_8), "pairs index:value");
    }

    private static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }
}
