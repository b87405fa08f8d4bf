package io.freshet.learning.yaml;

import org.jspecify.annotations.Nullable;

/** Formats numbers and ranges for messages and the reference. */
final class NumberText {
    private NumberText() {}

    /** Returns the error for a value that is not a number; a number in quotes is named as such. */
    static SpecException invalid(String path, @Nullable Object value, String expected) {
        if (value instanceof String text) {
            try {
                double number = Double.parseDouble(text);
                if (Double.isFinite(number)) {
                    return new SpecException(path + ": \"" + SpecException.shortened(text) + "\" is text (expected: "
                            + expected + ", written as " + of(number) + " without quotes)");
                }
            } catch (NumberFormatException e) {
                // Another text.
            }
        }
        return SpecException.of(path, String.valueOf(value), expected);
    }

    static String range(long minimum, long maximum) {
        return maximum == Long.MAX_VALUE && minimum > Long.MIN_VALUE
                ? "a whole number of at least " + minimum
                : "a whole number from " + of(minimum) + " to " + of(maximum);
    }

    /** Formats a number; the limits of a type are written as powers of two. */
    private static String of(long number) {
        if (number == Long.MIN_VALUE) {
            return "-2^63";
        }
        for (int bits : new int[] {31, 53, 63}) {
            // 1L << 63 overflows, but subtracting one still yields the largest long.
            long power = 1L << bits;
            if (number == power || number == power - 1) {
                return "2^" + bits + (number == power ? "" : " - 1");
            }
        }
        return Long.toString(number);
    }

    static String of(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e6
                ? Long.toString((long) number)
                : Double.toString(number).replace(".0E", "e").replace("E", "e");
    }
}
