package io.freshet.cli.input;

/**
 * Parses decimal numbers from characters, without allocation.
 *
 * <pre>
 *   [+-] digits [. digits]     up to 15 digits, up to 22 decimals: digits / 10^decimals, one rounding, exact (Clinger)
 * </pre>
 *
 * Anything else, such as a number with an exponent, is parsed by {@link Double#parseDouble}, so every value is the
 * nearest double. Java's extensions ({@code 1d}, {@code 0x1p3}, {@code NaN}) are not numbers here. Pinned by {@code
 * DecimalTextTest}.
 *
 * @see <a href="https://doi.org/10.1145/93542.93557">Clinger 1990, how to read floating point numbers accurately</a>
 */
final class DecimalText {
    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    /** Appending a digit to a smaller number stays below 2^53. */
    private static final long EXACT = (1L << 53) / 10;

    private DecimalText() {}

    /** Returns the number in {@code chars[from, to)}: infinite if it is too large, NaN if it is not a number. */
    static double parse(char[] chars, int from, int to) {
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
        if (i == to && i - start > (hasPoint ? 1 : 0) && decimals < POWERS_OF_TEN.length) {
            double magnitude = digits / POWERS_OF_TEN[decimals];
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
