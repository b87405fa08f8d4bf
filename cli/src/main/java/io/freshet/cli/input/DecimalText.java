package io.freshet.cli.input;

import io.freshet.learning.math.ExactDecimal;

/**
 * Parses decimal numbers from characters, without allocation.
 *
 * <pre>
 *   [+-] digits [. digits]     up to 15 digits, up to 22 decimals: {@link ExactDecimal}
 * </pre>
 *
 * Anything else, such as a number with an exponent, is parsed by {@link Double#parseDouble}, so every value is the
 * nearest double. Java's extensions ({@code 1d}, {@code 0x1p3}, {@code NaN}) are not numbers here. Pinned by {@code
 * DecimalTextTest}.
 */
public final class DecimalText {
    /** Appending a digit to a smaller number stays below 2^53. */
    private static final long EXACT = ExactDecimal.LARGEST / 10;

    private DecimalText() {}

    /** Returns the number in {@code chars[from, to)}: infinite if it is too large, NaN if it is not a number. */
    public static double parse(char[] chars, int from, int to) {
        int i = from;
        boolean negative = i < to && chars[i] == '-';
        if (i < to && (negative || chars[i] == '+')) {
            i++;
        }
        int start = i;
        long digits = 0;
        int decimals = 0;
        boolean hasPoint = false;
        for (; i < to && digits < EXACT; i++) {
            int digit = chars[i] - '0';
            if (digit >= 0 && digit <= 9) {
                digits = digits * 10 + digit;
                decimals += hasPoint ? 1 : 0;
            } else if (chars[i] == '.' && !hasPoint) {
                hasPoint = true;
            } else {
                break;
            }
        }
        if (i == to && i - start > (hasPoint ? 1 : 0) && ExactDecimal.hasExponent(decimals)) {
            double magnitude = ExactDecimal.of(digits, -decimals);
            return negative ? -magnitude : magnitude;
        }
        return parseSlowly(chars, from, to);
    }

    private static double parseSlowly(char[] chars, int from, int to) {
        String text = new String(chars, from, to - from).strip();
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789.+-eE".indexOf(text.charAt(i)) < 0) {
                return Double.NaN;
            }
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
