package io.freshet.learning.yaml;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the names of record fields, and lists of them. */
final class FieldNames {
    /** Marks a path in a record; optional. */
    private static final String RECORD = "$.";

    private FieldNames() {}

    /** Returns the names in a list, each once. */
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

    /** Returns the name of a field of records. {@code $.user.age} is the same field as {@code user.age}. */
    static String field(String path, Object value) {
        String name = text(path, value);
        while (name.startsWith(RECORD)) {
            name = name.substring(RECORD.length());
        }
        if (name.isBlank()) {
            throw SpecException.of(path, value, "a path, as $.user.age");
        }
        return name;
    }

    /**
     * Returns the text of a scalar. A field may be named 7 or true. Only a fraction has lost its text, because 1.10 and
     * 1.1 are the same number.
     */
    static String text(String path, Object value) {
        if (value instanceof Double) {
            throw SpecException.of(path, value, "a text; a number in quotes");
        }
        if (value instanceof Map || value instanceof List || value.toString().isBlank()) {
            throw SpecException.of(path, value, "a text");
        }
        return value.toString();
    }
}
