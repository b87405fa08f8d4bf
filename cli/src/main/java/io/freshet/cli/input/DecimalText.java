package io.freshet.cli.input;

/**
 * Reads decimal numbers from characters in place.
 *
 * <pre>
 *   [+-] digits [. digits]     up to 15 digits, up to 22 decimals: digits / 10^decimals, one rounding, exact (Clinger)
 * </pre>
 *
 * Anything else, an exponent above all, goes through {@link Double#parseDouble}, so that every value is the nearest
 * double. Java's own extras ({@code 1d}, {@code 0x1p3}, {@code NaN}) are no numbers here. Pinned by {@code
 * DecimalTextTest}.
 *
 * @see <a href="https://doi.org/10.1145/93542.93557">Clinger 1990, how to read floating point numbers accurately</a>
 */
final class DecimalText {
    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    /** Below it, one more digit stays below 2^53. */
    private static final long EXACT = (1L << 53) / 10;

    private DecimalText() {}

    /** Returns the number that {@code chars[from, to)} says, infinite if it is too large; NaN if it is no number. */
    static double parse(char[] chars, int from, int to) {
        int i = from;
        boolean negative = i < to && chars[i] == '-';
        if (i < to && (negative || chars[i] == '+')) {
            i++;
        }
        int start = i;
        long digits = 0;
        int decimals = 0;
        boolean point = false;
        for (; i < to && digits < EXACT; i++) {
            int digit = chars[i] - '0';
            if (digit >= 0 && digit <= 9) {
                digits = digits * 10 + digit;
                decimals += point ? 1 : 0;
            } else if (chars[i] == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        if (i == to && i - start > (point ? 1 : 0) && decimals < POWERS_OF_TEN.length) {
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
