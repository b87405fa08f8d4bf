package io.freshet.learning.spec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * A mapping in a YAML document, read field by field, with errors that name the path.
 *
 * <p>Each getter takes a field off the list of those not yet known; {@link #end} then refuses what is left, with the
 * nearest known name, so that no typing error is silently a default.
 */
final class SpecNode {
    private final String path;
    private final Map<?, ?> fields;
    private final Set<String> known = new LinkedHashSet<>();
    private final boolean named;

    SpecNode(String path, Map<?, ?> fields) {
        this(path, fields, false);
    }

    /** @param named whether the document has a type alone where this mapping would be */
    private SpecNode(String path, Map<?, ?> fields, boolean named) {
        this.path = path;
        this.fields = fields;
        this.named = named;
    }

    String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    boolean has(String field) {
        return fields.get(field) != null;
    }

    boolean isMapping(String field) {
        return fields.get(field) instanceof Map;
    }

    /** Returns a nested mapping; an empty one if it is not there. */
    SpecNode node(String field) {
        Object value = take(field);
        if (value == null) {
            return new SpecNode(path(field), Map.of());
        }
        if (value instanceof Map<?, ?> map) {
            return new SpecNode(path(field), map);
        }
        throw SpecException.of(path(field), value, "a mapping {field: value}");
    }

    /** Returns a mapping with a {@code type}, or a type alone as a mapping of nothing else. */
    SpecNode namedNode(String field) {
        Object value = take(field);
        if (value == null) {
            throw SpecException.of(path(field), "missing", "a name");
        }
        if (value instanceof Map<?, ?> map) {
            return new SpecNode(path(field), map);
        }
        return new SpecNode(path(field), Map.of("type", value), true);
    }

    /** Returns that of {@code all} which the field {@code type} names. */
    <T> T choose(@Nullable String defaultType, SortedMap<String, T> all) {
        String type = defaultType == null ? text("type") : text("type", defaultType);
        T chosen = all.get(type);
        if (chosen == null) {
            throw SpecException.of(named ? path : path("type"), type, "one of " + String.join(", ", all.keySet()));
        }
        return chosen;
    }

    /** Returns that of {@code all} which a field names. */
    <T> T oneOf(String field, String defaultName, SortedMap<String, T> all) {
        String name = text(field, defaultName);
        T chosen = all.get(name);
        if (chosen == null) {
            throw SpecException.of(path(field), name, "one of " + String.join(", ", all.keySet()));
        }
        return chosen;
    }

    String text(String field) {
        String value = optionalText(field);
        if (value == null) {
            throw SpecException.of(path(field), "missing", "a text");
        }
        return value;
    }

    String text(String field, String defaultValue) {
        String value = optionalText(field);
        return value == null ? defaultValue : value;
    }

    @Nullable String optionalText(String field) {
        Object value = take(field);
        return value == null ? null : name(path(field), value);
    }

    double number(String field, double defaultValue, DoublePredicate valid, String expected) {
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
        if (value instanceof Number number && valid.test(number.doubleValue())) {
            return number.doubleValue();
        }
        throw SpecException.of(path(field), value, expected);
    }

    int integer(String field, int defaultValue, int minimum, int maximum) {
        return (int) whole(field, defaultValue, minimum, maximum);
    }

    /** Returns a whole number, or {@code wordValue} where the field is {@code word}. */
    int integerOr(String field, String word, int wordValue, int defaultValue, int minimum, int maximum) {
        if (word.equals(fields.get(field))) {
            known.add(field);
            return wordValue;
        }
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
        if (value instanceof Integer number && number >= minimum && number <= maximum) {
            return number;
        }
        throw SpecException.of(
                path(field), value, "a whole number from " + minimum + " to " + maximum + ", or " + word);
    }

    long whole(String field, long defaultValue, long minimum, long maximum) {
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
        if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            if (number >= minimum && number <= maximum) {
                return number;
            }
        }
        throw SpecException.of(path(field), value, "a whole number from " + minimum + " to " + maximum);
    }

    /** Returns a list of whole numbers. */
    List<Integer> integers(String field, List<Integer> defaultValue, int maximumCount, int minimum, int maximum) {
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
        String expected = "a list of 1 to " + maximumCount + " whole numbers, each from " + minimum + " to " + maximum;
        if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > maximumCount) {
            throw SpecException.of(path(field), value, expected);
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Integer number) || number < minimum || number > maximum) {
                throw SpecException.of(path(field) + "[" + numbers.size() + "]", String.valueOf(element), expected);
            }
            numbers.add(number);
        }
        return List.copyOf(numbers);
    }

    boolean flag(String field, boolean defaultValue) {
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw SpecException.of(path(field), value, "true or false");
    }

    /** Returns a list of field names, each once; empty if it is not there. */
    List<String> names(String field) {
        Object value = take(field);
        return value == null ? List.of() : names(path(field), value, "a list of field names");
    }

    /** Returns a field name, or a list of them, as a list; it must be there. */
    List<String> nameOrNames(String field) {
        Object value = take(field);
        if (value == null) {
            throw SpecException.of(path(field), "missing", "a text");
        }
        if (value instanceof List) {
            return names(path(field), value, "a list of field names");
        }
        return List.of(name(path(field), value));
    }

    /** Returns the mappings of a list, or the one that stands alone; a text stands for a mapping with {@code textField}. */
    List<SpecNode> nodes(String field, String textField) {
        Object value = take(field);
        if (value == null) {
            return List.of();
        }
        List<?> list = value instanceof List<?> many ? many : List.of(value);
        List<SpecNode> nodes = new ArrayList<>();
        for (Object element : list) {
            String at = value instanceof List ? path(field) + "[" + nodes.size() + "]" : path(field);
            if (element instanceof Map<?, ?> map) {
                nodes.add(new SpecNode(at, map));
            } else if (element == null) {
                throw SpecException.of(at, "null", "a mapping {field: value}");
            } else {
                nodes.add(new SpecNode(at, Map.of(textField, element)));
            }
        }
        return nodes;
    }

    /** Returns a list of lists of at least two field names. */
    List<List<String>> nameLists(String field) {
        Object value = take(field);
        if (value == null) {
            return List.of();
        }
        String expected = "a list of lists of two or more field names, as [[origin, dest]]";
        if (!(value instanceof List<?> list)) {
            throw SpecException.of(path(field), value, expected);
        }
        List<List<String>> result = new ArrayList<>();
        for (Object element : list) {
            List<String> names = names(path(field) + "[" + result.size() + "]", element, expected);
            if (names.size() < 2) {
                throw SpecException.of(path(field) + "[" + result.size() + "]", element, expected);
            }
            result.add(names);
        }
        return List.copyOf(result);
    }

    /** Refuses every field that no getter has asked for. */
    void end() {
        for (Object field : fields.keySet()) {
            String name = String.valueOf(field);
            if (!known.contains(name)) {
                throw SpecException.of(path(name), "unknown field", expected(name));
            }
        }
    }

    private String expected(String unknown) {
        return Nearest.of(unknown, known)
                .map(nearest -> nearest + "?")
                .orElseGet(() -> "one of " + String.join(", ", known));
    }

    private @Nullable Object take(String field) {
        known.add(field);
        return fields.get(field);
    }

    private static List<String> names(String path, @Nullable Object value, String expected) {
        if (!(value instanceof List<?> list)) {
            throw SpecException.of(path, String.valueOf(value), expected);
        }
        Set<String> names = new LinkedHashSet<>();
        for (Object element : list) {
            String at = path + "[" + names.size() + "]";
            if (element == null || !names.add(name(at, element))) {
                throw SpecException.of(
                        at, String.valueOf(element), element == null ? "a field name" : "each field once");
            }
        }
        return List.copyOf(names);
    }

    /**
     * A field may well be named 7 or true: what YAML reads as a scalar is taken by its text. Only a fraction has lost its
     * text, as 1.10 and 1.1 are one number.
     */
    private static String name(String path, Object value) {
        if (value instanceof Double) {
            throw SpecException.of(path, value, "a text; a number in quotes");
        }
        if (value instanceof Map || value instanceof List || value.toString().isBlank()) {
            throw SpecException.of(path, value, "a text");
        }
        return value.toString();
    }
}
