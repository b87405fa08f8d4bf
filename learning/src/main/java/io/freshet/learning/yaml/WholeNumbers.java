package io.freshet.learning.yaml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads whole numbers in a range, and lists of them. */
final class WholeNumbers {
    private WholeNumbers() {}

    static long number(String path, @Nullable Object value, long minimum, long maximum, String expected) {
        if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            if (number >= minimum && number <= maximum) {
                return number;
            }
        }
        throw NumberText.invalid(path, value, expected);
    }

    static List<Integer> list(String path, Object value, int maximumCount, int minimum, int maximum, String expected) {
        if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > maximumCount) {
            throw SpecException.of(path, value, expected);
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object element : list) {
            String at = path + "[" + numbers.size() + "]";
            numbers.add((int) number(at, element, minimum, maximum, expected));
        }
        return List.copyOf(numbers);
    }
}
