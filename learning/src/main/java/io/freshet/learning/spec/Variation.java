package io.freshet.learning.spec;

import io.freshet.learning.yaml.Nested;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A field of a specification's YAML, and its values in the variants.
 *
 * @param path path of the field; the short form of a type is expanded to {@code type}
 * @param values distinct values as parsed from YAML, at least one; null removes the field
 */
record Variation(List<String> path, List<@Nullable Object> values) {
    static final String EXPECTED = "path=value,value,...";
    private static final String TYPE = "type";
    /** The fields that every type of a mapping has, but for optimizers without a learning rate. */
    private static final Set<String> COMMON = Set.of("learningRate");

    /**
     * Parses {@code path=value,value,...}. Values are YAML, so commas in brackets or quotes do not separate them.
     *
     * @throws SpecException if the text is invalid; names the path
     */
    static Variation parse(String text) {
        int equals = text.indexOf('=');
        String path = equals < 0 ? "" : text.substring(0, equals).strip();
        List<String> fields = List.of(path.split("\\.", -1));
        if (fields.stream().anyMatch(String::isBlank)) {
            throw new SpecException(SpecException.shortened(text) + " (expected: " + EXPECTED + ")");
        }
        if (path.equals("name")) {
            throw SpecException.of(path, "cannot vary", "another field; variants are named by their values");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (Object value : list(path, text.substring(equals + 1))) {
            if (values.stream().anyMatch(known -> Objects.equals(known, value))) {
                throw SpecException.of(path, value, "each value once");
            }
            values.add(value);
        }
        if (values.isEmpty()) {
            throw SpecException.of(path, "no value", EXPECTED);
        }
        String shortField = shortField(fields);
        if (shortField != null
                && values.stream().allMatch(value -> value instanceof String || value instanceof Number)) {
            fields = List.of((path + "." + shortField).split("\\.", -1));
        }
        return new Variation(fields, values);
    }

    private static List<?> list(String path, String values) {
        try {
            return YamlDocument.load("[" + values + "]") instanceof List<?> list ? list : List.of();
        } catch (SpecException e) {
            throw SpecException.of(path, values.strip(), "YAML values with commas between them");
        }
    }

    /** Returns whether the fields next to this one depend on it. */
    boolean isType() {
        return path.size() > 1 && path.get(path.size() - 1).equals(TYPE);
    }

    String pathText() {
        return String.join(".", path);
    }

    /**
     * Sets the field in a document. A change of type removes the fields that not every type has.
     *
     * @throws SpecException if the path leads through a value that is not a mapping
     */
    void apply(Map<Object, Object> document, @Nullable Object value) {
        Map<Object, Object> parent = document;
        for (int i = 0; i < path.size() - 1; i++) {
            String shortField = shortField(path.subList(0, i + 1));
            Object next = parent.compute(path.get(i), (field, old) -> writtenOut(shortField, old));
            if (!(next instanceof Map<?, ?>)) {
                throw SpecException.of(String.join(".", path.subList(0, i + 1)), next, "a mapping {field: value}");
            }
            parent = mapping(next);
        }
        String field = path.get(path.size() - 1);
        if (isType() && !Objects.equals(parent.get(TYPE), value)) {
            parent.keySet().retainAll(value == null || OptimizerTable.lacksLearningRate(value) ? Set.of() : COMMON);
        }
        if (value == null) {
            parent.remove(field);
        } else {
            parent.put(field, copy(value));
        }
    }

    /** Returns the field whose value may stand for the mapping at a path; null if there is none. */
    private static @Nullable String shortField(List<String> path) {
        Nested<?> at = ModelSpec.FIELDS;
        for (String name : path) {
            at = at.nested(name);
            if (at == null) {
                return null;
            }
        }
        return at.shortField();
    }

    /** Returns a mapping in place of nothing, or of a short form. */
    private static Object writtenOut(@Nullable String shortField, @Nullable Object value) {
        if (value != null && (value instanceof Map || value instanceof List || shortField == null)) {
            return value;
        }
        Map<Object, Object> mapping = new LinkedHashMap<>();
        if (value != null && shortField != null) {
            mapping.put(shortField, value);
        }
        return mapping;
    }

    /** Returns a label for a value: the text itself, or the field's name and the number. */
    String label(@Nullable Object value) {
        String text = text(value);
        return value instanceof String || value instanceof Map ? text : path.get(path.size() - 1) + "-" + text;
    }

    private static String text(@Nullable Object value) {
        String text;
        if (value instanceof Map<?, ?> map) {
            text = map.entrySet().stream()
                    .map(entry -> (entry.getKey().equals(TYPE) ? "" : entry.getKey() + "-") + text(entry.getValue()))
                    .collect(Collectors.joining("-"));
        } else if (value instanceof List<?> list) {
            text = list.stream().map(Variation::text).collect(Collectors.joining("-"));
        } else if (value instanceof Double number) {
            text = number.toString().replace(".0E", "E").toLowerCase(Locale.ROOT);
        } else {
            text = String.valueOf(value);
        }
        return text.replaceAll("[^A-Za-z0-9._-]", "-");
    }

    /** Returns a deep copy. A shared collection would be written to YAML as an anchor and an alias. */
    static Object copy(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((field, element) -> copy.put(field, element == null ? null : copy(element)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(element == null ? null : copy(element)));
            return copy;
        }
        return value;
    }

    @SuppressWarnings("unchecked") // The keys and values of parsed YAML are objects.
    static Map<Object, Object> mapping(Object map) {
        return (Map<Object, Object>) map;
    }
}
