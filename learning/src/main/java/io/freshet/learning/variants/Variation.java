package io.freshet.learning.variants;

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
 * One field of a specification's YAML, and the values that it takes in turn.
 *
 * @param path of the field; the short form of a {@code type} has become the long one
 * @param values as YAML reads them, each once, at least one; null leaves the field out
 */
record Variation(List<String> path, List<@Nullable Object> values) {
    static final String EXPECTED = "path=value,value,...";
    private static final String TYPE = "type";
    /** Mappings whose other fields depend on their type. */
    private static final Set<String> TYPED = Set.of("optimizer", "model", "schedule");
    /** What every type of a mapping has. */
    private static final Set<String> COMMON = Set.of("learningRate");

    /**
     * Reads {@code path=value,value,...}; values are YAML, so that commas within brackets and quotes do not part them.
     *
     * @throws SpecException naming the path
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
        boolean names = values.stream().allMatch(String.class::isInstance);
        if (fields.size() == 1 && TYPED.contains(path) && names) {
            fields = List.of(path, TYPE);
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

    /** Whether the fields beside this one depend on it. */
    boolean isType() {
        return path.size() > 1 && path.get(path.size() - 1).equals(TYPE);
    }

    String pathText() {
        return String.join(".", path);
    }

    /**
     * Puts a value into a document. Where it makes a mapping one of another type, only what every type has stays there.
     *
     * @throws SpecException if the path leads through what is no mapping
     */
    void apply(Map<Object, Object> document, @Nullable Object value) {
        Map<Object, Object> parent = document;
        for (int i = 0; i < path.size() - 1; i++) {
            Object next = parent.computeIfAbsent(path.get(i), field -> new LinkedHashMap<>());
            if (!(next instanceof Map<?, ?>)) {
                throw SpecException.of(String.join(".", path.subList(0, i + 1)), next, "a mapping {field: value}");
            }
            parent = mapping(next);
        }
        String field = path.get(path.size() - 1);
        if (isType() && !Objects.equals(parent.get(TYPE), value)) {
            parent.keySet().retainAll(COMMON);
        }
        if (value == null) {
            parent.remove(field);
        } else {
            parent.put(field, copy(value));
        }
    }

    /** Returns what names a value: a text says it alone, a number needs its field. */
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

    /** Returns a document of its own; of a collection that stands twice, YAML would make an anchor and an alias. */
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

    @SuppressWarnings("unchecked") // YAML's keys and values are objects, whatever they are.
    static Map<Object, Object> mapping(Object map) {
        return (Map<Object, Object>) map;
    }
}
