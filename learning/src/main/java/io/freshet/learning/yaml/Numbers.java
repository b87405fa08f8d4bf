package io.freshet.learning.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/** The types of numbers, durations, and truth values. */
public final class Numbers {
    private Numbers() {}

    /** @param expected the valid numbers in words, such as {@code in (0, 1]} */
    public static Type<Double> number(DoublePredicate valid, String expected) {
        String aNumber = expected.startsWith("a ") ? expected : "a number " + expected;
        return Type.of(aNumber, (in, path, value) -> {
            if (!(value instanceof Number number)) {
                throw invalid(path, value, in.expected(path, aNumber));
            }
            if (!valid.test(number.doubleValue())) {
                throw SpecException.of(path, value, in.expected(path, expected));
            }
            return number.doubleValue();
        });
    }

    public static Type<Long> whole(long minimum, long maximum) {
        String expected = range(minimum, maximum);
        return Type.of(
                expected, (in, path, value) -> whole(path, value, minimum, maximum, in.expected(path, expected)));
    }

    public static Type<Integer> integer(int minimum) {
        return integer(minimum, Integer.MAX_VALUE);
    }

    public static Type<Integer> integer(int minimum, int maximum) {
        String expected = range(minimum, maximum);
        return Type.of(
                expected, (in, path, value) -> (int) whole(path, value, minimum, maximum, in.expected(path, expected)));
    }

    /** A whole number, or a word that stands for another one. */
    public static Type<Integer> integerOr(String word, int wordValue, int minimum, int maximum) {
        String range = range(minimum, maximum) + ", or " + word;
        return Type.of(
                range,
                (in, path, value) -> value.equals(word)
                        ? wordValue
                        : (int) whole(
                                path,
                                value,
                                minimum,
                                maximum,
                                in.expected(path, range) + NameSuggestion.hint(value.toString(), List.of(word))),
                value -> value == wordValue ? word : (Object) value);
    }

    public static Type<List<Integer>> integers(int maximumCount, int minimum, int maximum) {
        String expected = "a list of 1 to " + maximumCount + " whole numbers, each from " + minimum + " to " + maximum;
        return Type.of(expected, (in, path, value) -> {
            if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > maximumCount) {
                throw SpecException.of(path, value, expected);
            }
            List<Integer> numbers = new ArrayList<>();
            for (Object element : list) {
                String at = path + "[" + numbers.size() + "]";
                numbers.add((int) whole(at, element, minimum, maximum, expected));
            }
            return List.copyOf(numbers);
        });
    }

    /** Milliseconds, written as a {@linkplain Durations duration}. */
    public static Type<Long> millis() {
        return Type.of(Durations.EXPECTED, (in, path, value) -> Durations.millis(path, value), Durations::write);
    }

    public static Type<Boolean> flag() {
        return Type.of("true or false", (in, path, value) -> {
            if (value instanceof Boolean flag) {
                return flag;
            }
            List<String> flags = List.of("true", "false");
            String hint = flags.contains(value) ? ", without quotes" : NameSuggestion.hint(value.toString(), flags);
            throw SpecException.of(path, value, "true or false" + hint);
        });
    }

    private static long whole(String path, @Nullable Object value, long minimum, long maximum, String expected) {
        if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            if (number >= minimum && number <= maximum) {
                return number;
            }
        }
        throw invalid(path, value, expected);
    }

    /** Returns the error for a value that is not a number; a number in quotes is named as such. */
    private static SpecException invalid(String path, @Nullable Object value, String expected) {
        if (value instanceof String text) {
            try {
                double number = Double.parseDouble(text);
                if (Double.isFinite(number)) {
                    return new SpecException(path + ": \"" + SpecException.shortened(text) + "\" is text (expected: "
                            + expected + ", written as " + text(number) + " without quotes)");
                }
            } catch (NumberFormatException e) {
                // Another text.
            }
        }
        return SpecException.of(path, String.valueOf(value), expected);
    }

    private static String range(long minimum, long maximum) {
        return maximum == Long.MAX_VALUE && minimum > Long.MIN_VALUE
                ? "a whole number of at least " + minimum
                : "a whole number from " + text(minimum) + " to " + text(maximum);
    }

    /** Formats a number; the limits of a type are written as powers of two. */
    private static String text(long number) {
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

    /** Formats a number for people: 10000 rather than 10000.0, and 1e-8 rather than 1.0E-8. */
    public static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e6
                ? Long.toString((long) number)
                : Double.toString(number).replace(".0E", "e").replace("E", "e");
    }
}
