package io.freshet.learning.yaml;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the names of record fields, and lists of them. */
final class FieldNameParser {
    /** The optional prefix of a path in a record. */
    private static final String ROOT = "$.";

    private FieldNameParser() {}

    /** Returns the distinct names in a list. */
    static List<String> list(String path, @Nullable Object value, String expected) {
        if (!(value instanceof List<?> list)) {
            throw SpecException.of(path, String.valueOf(value), expected);
        }
        Set<String> names = new LinkedHashSet<>();
        for (Object element : list) {
            String at = path + "[" + names.size() + "]";
            if (element == null || !names.add(field(at, element))) {
                throw SpecException.of(
                        at, String.valueOf(element), element == null ? "a field name" : "each field once");
            }
        }
        return List.copyOf(names);
    }

    /** Returns the distinct texts in a list. */
    static List<String> texts(String path, Object value, String expected) {
        if (!(value instanceof List<?> list)) {
            throw SpecException.of(path, value, expected);
        }
        Set<String> texts = new LinkedHashSet<>();
        for (Object element : list) {
            String at = path + "[" + texts.size() + "]";
            if (element == null || !texts.add(text(at, element))) {
                throw SpecException.of(at, String.valueOf(element), element == null ? "a text" : "each text once");
            }
        }
        return List.copyOf(texts);
    }

    /** Returns the distinct texts and numbers in a list, or the only one; {@code true} and {@code false} are texts. */
    static List<Object> values(String path, Object value, int maximumCount, String expected) {
        List<?> list = value instanceof List<?> many ? many : List.of(value);
        if (list.isEmpty() || list.size() > maximumCount) {
            throw SpecException.of(path, list.size() + " values", "1 to " + maximumCount);
        }
        Set<Object> values = new LinkedHashSet<>();
        for (Object element : list) {
            String at = value instanceof List ? path + "[" + values.size() + "]" : path;
            if (element == null || element instanceof Map || element instanceof List) {
                throw SpecException.of(at, String.valueOf(element), expected);
            }
            if (!values.add(element instanceof Number ? element : text(at, element))) {
                throw SpecException.of(at, element, "each value once");
            }
        }
        return List.copyOf(values);
    }

    /** Returns the lists in a list, each of at least two names. */
    static List<List<String>> lists(String path, Object value, String expected) {
        if (!(value instanceof List<?> list)) {
            throw SpecException.of(path, value, expected);
        }
        List<List<String>> result = new ArrayList<>();
        for (Object element : list) {
            String at = path + "[" + result.size() + "]";
            List<String> names = list(at, element, expected);
            if (names.size() < 2) {
                throw SpecException.of(at, element, expected);
            }
            result.add(names);
        }
        return List.copyOf(result);
    }

    /** Returns the name of a record field. {@code $.user.age} is the same field as {@code user.age}. */
    static String field(String path, Object value) {
        String name = text(path, value);
        while (name.startsWith(ROOT)) {
            name = name.substring(ROOT.length());
        }
        if (name.isBlank()) {
            throw SpecException.of(path, value, "a path such as $.user.age");
        }
        return name;
    }

    /**
     * Returns the text of a scalar: a field can be named 7 or true. A fraction is rejected, because 1.10 and 1.1 have
     * been parsed to the same number.
     */
    static String text(String path, Object value) {
        if (value instanceof Double) {
            throw SpecException.of(path, value, "a text, or a number in quotes");
        }
        if (value instanceof Map || value instanceof List || value.toString().isBlank()) {
            throw SpecException.of(path, value, "a text");
        }
        return value.toString();
    }
}
