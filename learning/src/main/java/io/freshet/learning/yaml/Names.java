package io.freshet.learning.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types of texts, names, and lists of them. */
public final class Names {
    /** The optional prefix of a path in a record. */
    private static final String ROOT = "$.";

    private static final String LIST = "a list of field names";
    private static final String LISTS = "a list of lists of two or more field names, such as [[origin, dest]]";

    private Names() {}

    public static Type<String> text() {
        return Type.of("a text", (in, path, value) -> text(path, value));
    }

    /** The name of a record's field. {@code $.user.age} is the same field as {@code user.age}. */
    public static Type<String> fieldName() {
        return Type.of("a text", (in, path, value) -> field(path, value));
    }

    /** Distinct names of record fields; a name alone is a list of one. */
    public static Type<List<String>> fieldNameOrNames() {
        return Type.of(
                "a field name, or a list of them",
                (in, path, value) -> value instanceof List ? list(path, value, LIST) : List.of(field(path, value)),
                names -> names.size() == 1 ? names.get(0) : new ArrayList<>(names));
    }

    /** Distinct names of record fields. */
    public static Type<List<String>> fieldNames() {
        return Type.of(LIST, (in, path, value) -> list(path, value, LIST), ArrayList::new);
    }

    /** Lists of at least two names of record fields. */
    public static Type<List<List<String>>> fieldNameLists() {
        return Type.of(LISTS, (in, path, value) -> lists(path, value), lists -> {
            List<Object> copy = new ArrayList<>();
            lists.forEach(names -> copy.add(new ArrayList<>(names)));
            return copy;
        });
    }

    /** Distinct texts. */
    public static Type<List<String>> texts() {
        String expected = "a list of distinct texts";
        return Type.of(
                expected,
                (in, path, value) -> {
                    Set<String> texts = new LinkedHashSet<>();
                    for (Object element : elements(path, value, expected)) {
                        String at = path + "[" + texts.size() + "]";
                        if (element == null || !texts.add(text(at, element))) {
                            throw SpecException.of(
                                    at, String.valueOf(element), element == null ? "a text" : "each text once");
                        }
                    }
                    return List.copyOf(texts);
                },
                ArrayList::new);
    }

    /** @param noun what the list has, in messages */
    public static <E> Type<List<E>> atMost(int maximum, String noun, Type<List<E>> type) {
        return Type.of(
                type.expected(),
                (in, path, value) -> {
                    List<E> all = type.parse(in, path, value);
                    if (all.size() > maximum) {
                        throw SpecException.of(path, all.size() + " " + noun, "up to " + maximum);
                    }
                    return all;
                },
                type::write);
    }

    /** Distinct texts and numbers, one or a list of them; {@code true} and {@code false} are texts. */
    public static Type<List<Object>> values(int maximumCount) {
        String expected = "a text, a number, or a list of either";
        return Type.of(
                expected,
                (in, path, value) -> {
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
                },
                values -> values.size() == 1 ? values.get(0) : new ArrayList<>(values));
    }

    /** One of some values by its name. */
    public static <V> Type<V> oneOf(SortedMap<String, V> all) {
        String expected = "one of " + String.join(", ", all.keySet());
        return Type.of(
                expected,
                (in, path, value) -> {
                    V selected = all.get(value.toString());
                    if (selected == null) {
                        throw SpecException.of(
                                path,
                                value,
                                in.expected(path, expected) + NameSuggestion.hint(value.toString(), all.keySet()));
                    }
                    return selected;
                },
                value -> nameOf(value, all));
    }

    /** One of some names. */
    static Type<String> oneOf(Set<String> names) {
        SortedMap<String, String> all = new TreeMap<>();
        names.forEach(name -> all.put(name, name));
        return oneOf(all);
    }

    static Set<String> with(Set<String> names, String more) {
        Set<String> all = new TreeSet<>(names);
        all.add(more);
        return all;
    }

    /** @param names of the values, in any order */
    public static <V> Type<V> oneOf(Map<String, V> names) {
        return oneOf(new TreeMap<>(names));
    }

    /** One of the constants of an enum, in lower case. */
    public static <V extends Enum<V>> Type<V> oneOf(Class<V> constants) {
        return oneOf(constants, Names::lowerCase);
    }

    /** Returns the name of a constant in lower case. */
    public static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** One of the constants of an enum. */
    public static <V extends Enum<V>> Type<V> oneOf(Class<V> constants, Function<V, String> name) {
        return oneOf(byName(constants, name));
    }

    public static <V extends Enum<V>> SortedMap<String, V> byName(Class<V> constants, Function<V, String> name) {
        SortedMap<String, V> all = new TreeMap<>();
        for (V constant : constants.getEnumConstants()) {
            all.put(name.apply(constant), constant);
        }
        return all;
    }

    /** Some of some values by their names: at least one, and each once. */
    public static <V> Type<List<V>> someOf(SortedMap<String, V> all) {
        String expected = "a list of " + String.join(", ", all.keySet());
        return Type.of(
                expected,
                (in, path, value) -> {
                    Map<String, V> selected = new LinkedHashMap<>();
                    for (String name : list(path, value, expected)) {
                        V element = all.get(name);
                        if (element == null) {
                            throw SpecException.of(
                                    path + "[" + selected.size() + "]",
                                    name,
                                    "one of " + String.join(", ", all.keySet())
                                            + NameSuggestion.hint(name, all.keySet()));
                        }
                        selected.put(name, element);
                    }
                    if (selected.isEmpty()) {
                        throw SpecException.of(path, "[]", expected);
                    }
                    return List.copyOf(selected.values());
                },
                values -> new ArrayList<>(
                        values.stream().map(value -> nameOf(value, all)).toList()));
    }

    private static <V> String nameOf(V value, Map<String, V> all) {
        return all.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static List<?> elements(String path, @Nullable Object value, String expected) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw SpecException.of(path, String.valueOf(value), expected);
    }

    private static List<String> list(String path, @Nullable Object value, String expected) {
        Set<String> names = new LinkedHashSet<>();
        for (Object element : elements(path, value, expected)) {
            String at = path + "[" + names.size() + "]";
            if (element == null || !names.add(field(at, element))) {
                throw SpecException.of(
                        at, String.valueOf(element), element == null ? "a field name" : "each field once");
            }
        }
        return List.copyOf(names);
    }

    private static List<List<String>> lists(String path, Object value) {
        List<List<String>> result = new ArrayList<>();
        for (Object element : elements(path, value, LISTS)) {
            String at = path + "[" + result.size() + "]";
            List<String> names = list(at, element, LISTS);
            if (names.size() < 2) {
                throw SpecException.of(at, String.valueOf(element), LISTS);
            }
            result.add(names);
        }
        return List.copyOf(result);
    }

    private static String field(String path, Object value) {
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
    private static String text(String path, Object value) {
        if (value instanceof Double) {
            throw SpecException.of(path, value, "a text, or a number in quotes");
        }
        if (value instanceof Map || value instanceof List || value.toString().isBlank()) {
            throw SpecException.of(path, value, "a text");
        }
        return value.toString();
    }
}
