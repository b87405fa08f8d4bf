package io.freshet.learning.yaml;

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
 * nearest known name, so that no typing error is silently a default. What each getter was asked for, its default and
 * what it expects, is written down where a reference is to be made of it ({@code SpecReference}).
 */
public final class SpecNode {

    private final String path;
    private final Map<?, ?> fields;
    private final Set<String> known = new LinkedHashSet<>();
    private final boolean named;
    private final @Nullable List<Asked> asked;

    /**
     * A field that a getter was asked for.
     *
     * @param path of the field
     * @param defaultValue as YAML would have it; empty if the field must be there, {@value #NONE} if nothing stands for it
     * @param expected of its value, as Markdown
     */
    public record Asked(String path, String defaultValue, String expected) {
        public static final String NONE = "none";
    }

    public SpecNode(String path, Map<?, ?> fields) {
        this(path, fields, false, null);
    }

    /** @param asked receives what getters are asked for */
    public SpecNode(String path, Map<?, ?> fields, List<Asked> asked) {
        this(path, fields, false, asked);
    }

    /** @param named whether the document has a type alone where this mapping would be */
    private SpecNode(String path, Map<?, ?> fields, boolean named, @Nullable List<Asked> asked) {
        this.path = path;
        this.fields = fields;
        this.named = named;
        this.asked = asked;
    }

    private void note(String field, String defaultValue, String expected) {
        if (asked != null) {
            asked.add(new Asked(path(field), defaultValue, expected));
        }
    }

    public String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    public boolean has(String field) {
        return fields.get(field) != null;
    }

    public boolean isMapping(String field) {
        return fields.get(field) instanceof Map;
    }

    /** Returns a nested mapping; an empty one if it is not there. */
    public SpecNode node(String field) {
        Object value = take(field);
        if (value == null) {
            return new SpecNode(path(field), Map.of(), false, asked);
        }
        if (value instanceof Map<?, ?> map) {
            return new SpecNode(path(field), map, false, asked);
        }
        throw SpecException.of(path(field), value, "a mapping {field: value}");
    }

    /** Returns a mapping with a {@code type}, or a type alone as a mapping of nothing else. */
    public SpecNode namedNode(String field) {
        Object value = take(field);
        if (value == null) {
            throw SpecException.of(path(field), "missing", "a name");
        }
        if (value instanceof Map<?, ?> map) {
            return new SpecNode(path(field), map, false, asked);
        }
        return new SpecNode(path(field), Map.of("type", value), true, asked);
    }

    /** Returns that of {@code all} which the field {@code type} names. */
    public <T> T choose(@Nullable String defaultType, SortedMap<String, T> all) {
        note("type", defaultType == null ? "" : defaultType, "one of " + String.join(", ", all.keySet()));
        Object value = take("type");
        if (value == null && defaultType == null) {
            throw SpecException.of(path("type"), "missing", "one of " + String.join(", ", all.keySet()));
        }
        String type = value == null ? String.valueOf(defaultType) : FieldNames.text(path("type"), value);
        T chosen = all.get(type);
        if (chosen == null) {
            throw SpecException.of(named ? path : path("type"), type, "one of " + String.join(", ", all.keySet()));
        }
        return chosen;
    }

    /** Returns that of {@code all} which a field names. */
    public <T> T oneOf(String field, String defaultName, SortedMap<String, T> all) {
        String expected = "one of " + String.join(", ", all.keySet());
        note(field, defaultName, expected);
        Object value = take(field);
        String name = value == null ? defaultName : FieldNames.text(path(field), value);
        T chosen = all.get(name);
        if (chosen == null) {
            throw SpecException.of(path(field), name, expected);
        }
        return chosen;
    }

    public String text(String field) {
        note(field, "", "a text");
        Object value = take(field);
        if (value == null) {
            throw SpecException.of(path(field), "missing", "a text");
        }
        return FieldNames.text(path(field), value);
    }

    /** Returns the name of a field of records that must be there. */
    public String fieldName(String field) {
        note(field, "", "a text");
        Object value = take(field);
        if (value == null) {
            throw SpecException.of(path(field), "missing", "a text");
        }
        return FieldNames.field(path(field), value);
    }

    /** Returns the name of a field of records, or null. */
    public @Nullable String optionalFieldName(String field) {
        note(field, Asked.NONE, "a text");
        Object value = take(field);
        return value == null ? null : FieldNames.field(path(field), value);
    }

    public double number(String field, double defaultValue, DoublePredicate valid, String expected) {
        note(
                field,
                Double.isInfinite(defaultValue) ? Asked.NONE : NumberText.of(defaultValue),
                expected.startsWith("a ") ? expected : "a number " + expected);
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
        if (value instanceof Number number && valid.test(number.doubleValue())) {
            return number.doubleValue();
        }
        throw SpecException.of(path(field), value, expected);
    }

    public int integer(String field, int defaultValue, int minimum, int maximum) {
        return (int) whole(field, defaultValue, minimum, maximum);
    }

    /** Returns a whole number that must be there. */
    public int requiredInteger(String field, int minimum, int maximum) {
        note(field, "", NumberText.range(minimum, maximum));
        Object value = take(field);
        if (value instanceof Integer number && number >= minimum && number <= maximum) {
            return number;
        }
        throw SpecException.of(path(field), value == null ? "missing" : value, NumberText.range(minimum, maximum));
    }

    /** Returns a whole number, or {@code wordValue} where the field is {@code word}. */
    public int integerOr(String field, String word, int wordValue, int defaultValue, int minimum, int maximum) {
        String expected = NumberText.range(minimum, maximum) + ", or " + word;
        note(field, Integer.toString(defaultValue), NumberText.range(minimum, maximum) + ", or `" + word + "`");
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
        throw SpecException.of(path(field), value, expected);
    }

    public long whole(String field, long defaultValue, long minimum, long maximum) {
        note(field, Long.toString(defaultValue), NumberText.range(minimum, maximum));
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
        throw SpecException.of(path(field), value, NumberText.range(minimum, maximum));
    }

    /** Returns a list of whole numbers. */
    public List<Integer> integers(
            String field, List<Integer> defaultValue, int maximumCount, int minimum, int maximum) {
        String expected = "a list of 1 to " + maximumCount + " whole numbers, each from " + minimum + " to " + maximum;
        note(field, defaultValue.toString(), expected);
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
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

    /** Returns a duration in milliseconds. */
    public long millis(String field, long defaultValue) {
        note(field, Durations.write(defaultValue).toString(), Durations.EXPECTED);
        Object value = take(field);
        if (value == null) {
            return defaultValue;
        }
        long millis = Durations.parse(value);
        if (millis < 0) {
            throw SpecException.of(path(field), value, Durations.EXPECTED);
        }
        return millis;
    }

    public boolean flag(String field, boolean defaultValue) {
        note(field, Boolean.toString(defaultValue), "`true` or `false`");
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
    public List<String> names(String field) {
        note(field, "[]", "a list of field names");
        Object value = take(field);
        return value == null ? List.of() : FieldNames.list(path(field), value, "a list of field names");
    }

    /** Returns a field name, or a list of them, as a list; it must be there. */
    public List<String> nameOrNames(String field) {
        note(field, "", "a field name, or a list of them");
        Object value = take(field);
        if (value == null) {
            throw SpecException.of(path(field), "missing", "a text");
        }
        if (value instanceof List) {
            return FieldNames.list(path(field), value, "a list of field names");
        }
        return List.of(FieldNames.field(path(field), value));
    }

    /** Returns the mappings of a list, or the one that stands alone; a text stands for a mapping with {@code textField}. */
    public List<SpecNode> nodes(String field, String textField) {
        note(field, "[]", "a mapping, or a list of mappings");
        Object value = take(field);
        if (value == null) {
            return List.of();
        }
        List<?> list = value instanceof List<?> many ? many : List.of(value);
        List<SpecNode> nodes = new ArrayList<>();
        for (Object element : list) {
            String at = value instanceof List ? path(field) + "[" + nodes.size() + "]" : path(field);
            if (element instanceof Map<?, ?> map) {
                nodes.add(new SpecNode(at, map, false, asked));
            } else if (element == null) {
                throw SpecException.of(at, "null", "a mapping {field: value}");
            } else {
                nodes.add(new SpecNode(at, Map.of(textField, element), false, asked));
            }
        }
        return nodes;
    }

    /** Returns a list of lists of at least two field names. */
    public List<List<String>> nameLists(String field) {
        String expected = "a list of lists of two or more field names, as [[origin, dest]]";
        note(field, "[]", "a list of lists of two or more field names, as `[[origin, destination]]`");
        Object value = take(field);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw SpecException.of(path(field), value, expected);
        }
        List<List<String>> result = new ArrayList<>();
        for (Object element : list) {
            List<String> names = FieldNames.list(path(field) + "[" + result.size() + "]", element, expected);
            if (names.size() < 2) {
                throw SpecException.of(path(field) + "[" + result.size() + "]", element, expected);
            }
            result.add(names);
        }
        return List.copyOf(result);
    }

    /** Refuses every field that no getter has asked for. */
    public void end() {
        for (Object field : fields.keySet()) {
            String name = String.valueOf(field);
            if (!known.contains(name)) {
                throw SpecException.of(path(name), "unknown field", expected(name));
            }
        }
    }

    private String expected(String unknown) {
        return NameSuggestion.of(unknown, known)
                .map(nearest -> nearest + "?")
                .orElseGet(() -> "one of " + String.join(", ", known));
    }

    private @Nullable Object take(String field) {
        known.add(field);
        return fields.get(field);
    }
}
