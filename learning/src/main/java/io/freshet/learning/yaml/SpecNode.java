package io.freshet.learning.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * A mapping in a YAML document, read field by field, with errors that name the path.
 *
 * <p>Each getter marks its field as known. {@link #end} then rejects the other fields and suggests the nearest known
 * name, so a typo never silently selects a default. Getters can also record the fields that they read, as
 * {@link DeclaredField}, from which the reference of all fields is generated.
 */
public final class SpecNode {
    private static final String MAPPING = "a mapping {field: value}";
    private static final String NAME_LIST = "a list of field names";

    /** What {@link #values} expects. */
    public static final String VALUES = "a text, a number, or a list of either";

    private final MappingFields fields;

    public SpecNode(String path, Map<?, ?> fields) {
        this(new MappingFields(path, fields, null));
    }

    /** @param declared receives each field that a getter of this node, or of a node in it, reads */
    public SpecNode(String path, Map<?, ?> fields, List<DeclaredField> declared) {
        this(new MappingFields(path, fields, declared));
    }

    private SpecNode(MappingFields fields) {
        this.fields = fields;
    }

    public String path(String field) {
        return fields.path(field);
    }

    public boolean has(String field) {
        return fields.take(field) != null;
    }

    public boolean isMapping(String field) {
        return fields.get(field) instanceof Map;
    }

    /** Returns a nested mapping, or an empty one if the field is missing. */
    public SpecNode node(String field) {
        Object value = fields.take(field);
        if (value == null) {
            return new SpecNode(fields.nested(field, Map.of()));
        }
        if (value instanceof Map<?, ?> map) {
            return new SpecNode(fields.nested(field, map));
        }
        throw SpecException.of(path(field), value, MAPPING);
    }

    /** Returns a nested mapping, for which a value of {@code shortField} alone is short; an empty one if it is missing. */
    public SpecNode node(String field, String shortField) {
        return new SpecNode(fields.nested(field, fields.take(field), shortField));
    }

    /**
     * Returns the mappings in a list. A single mapping needs no list, and a text is short for {@code {textField:
     * text}}.
     */
    public List<SpecNode> nodes(String field, String textField) {
        fields.declare(field, "[]", "a mapping, or a list of mappings");
        Object value = fields.take(field);
        if (value == null) {
            return List.of();
        }
        List<?> list = value instanceof List<?> many ? many : List.of(value);
        List<SpecNode> nodes = new ArrayList<>();
        for (Object element : list) {
            String at = value instanceof List ? field + "[" + nodes.size() + "]" : field;
            if (element == null) {
                throw SpecException.of(path(at), "null", MAPPING);
            }
            nodes.add(new SpecNode(fields.nested(at, element, textField)));
        }
        return nodes;
    }

    /** Returns the element of {@code all} that the field {@code type} names. */
    public <T> T choose(@Nullable String defaultType, SortedMap<String, T> all) {
        return oneOf("type", defaultType, all);
    }

    /**
     * Returns the element of {@code all} that a field names.
     *
     * @param defaultName null if the field is required
     */
    public <T> T oneOf(String field, @Nullable String defaultName, SortedMap<String, T> all) {
        String names = "one of " + String.join(", ", all.keySet());
        fields.declare(field, defaultName == null ? "" : defaultName, names);
        String expected = fields.expected(field, names);
        Object name = defaultName == null
                ? fields.require(field, expected)
                : fields.read(field, defaultName, (at, value) -> value);
        T selected = all.get(name.toString());
        if (selected == null) {
            throw SpecException.of(path(field), name, expected + NameSuggestion.hint(name.toString(), all.keySet()));
        }
        return selected;
    }

    /**
     * Returns the elements of {@code all} that a mapping names for some of {@code keys}, in the order of the mapping; an empty
     * map if it is missing.
     */
    public <T> Map<String, T> oneOfEach(String field, Set<String> keys, SortedMap<String, T> all) {
        fields.declare(field, "{}", "a mapping {field: value}, each value like `default`");
        Map<String, T> selected = new LinkedHashMap<>();
        SpecNode mapping = node(field);
        mapping.rejectAllBut(keys);
        for (String key : keys) {
            if (mapping.has(key)) {
                selected.put(key, mapping.oneOf(key, null, all));
            }
        }
        return selected;
    }

    /** Returns the elements of {@code all} that a required list names, at least one and each once. */
    public <T> List<T> someOf(String field, SortedMap<String, T> all) {
        String expected = "a list of " + String.join(", ", all.keySet());
        fields.declare(field, "", expected);
        List<T> selected = new ArrayList<>();
        for (String name : FieldNameParser.list(path(field), fields.require(field, expected), expected)) {
            T element = all.get(name);
            if (element == null) {
                throw SpecException.of(
                        path(field + "[" + selected.size() + "]"),
                        name,
                        "one of " + String.join(", ", all.keySet()) + NameSuggestion.hint(name, all.keySet()));
            }
            selected.add(element);
        }
        if (selected.isEmpty()) {
            throw SpecException.of(path(field), "[]", expected);
        }
        return selected;
    }

    /** Returns a text. */
    public String text(String field, String defaultValue, String expected) {
        fields.declare(field, defaultValue, expected);
        return fields.read(field, defaultValue, FieldNameParser::text);
    }

    /** Returns a required text. */
    public String text(String field) {
        fields.declare(field, "", "a text");
        return FieldNameParser.text(path(field), fields.require(field, "a text"));
    }

    /** Returns a required name of a record's field. */
    public String fieldName(String field) {
        fields.declare(field, "", "a text");
        return FieldNameParser.field(path(field), fields.require(field, "a text"));
    }

    /** Returns the name of a record's field, or null. */
    public @Nullable String optionalFieldName(String field) {
        fields.declare(field, DeclaredField.NONE, "a text");
        Object value = fields.take(field);
        return value == null ? null : FieldNameParser.field(path(field), value);
    }

    /** Returns a list of distinct texts, or an empty list. */
    public List<String> texts(String field) {
        return texts(field, List.of());
    }

    /** Returns a list of distinct texts. */
    public List<String> texts(String field, List<String> defaultValue) {
        String expected = "a list of distinct texts";
        fields.declare(field, defaultValue.toString(), expected);
        return fields.read(field, defaultValue, (at, value) -> FieldNameParser.texts(at, value, expected));
    }

    /** Returns a list of distinct field names, or an empty list. */
    public List<String> names(String field) {
        fields.declare(field, "[]", NAME_LIST);
        return fields.read(field, List.of(), (at, value) -> FieldNameParser.list(at, value, NAME_LIST));
    }

    /** Returns a required list of field names; a name alone is a list of one. */
    public List<String> nameOrNames(String field) {
        fields.declare(field, "", "a field name, or a list of them");
        Object value = fields.require(field, "a text");
        return value instanceof List
                ? FieldNameParser.list(path(field), value, NAME_LIST)
                : List.of(FieldNameParser.field(path(field), value));
    }

    /** Returns the distinct texts and numbers of a field, which may be one or a list; empty if it is missing. */
    public List<Object> values(String field, int maximumCount) {
        fields.declare(field, DeclaredField.NONE, VALUES);
        return fields.read(field, List.of(), (at, value) -> FieldNameParser.values(at, value, maximumCount, VALUES));
    }

    /** Returns a list of lists of at least two field names, or an empty list. */
    public List<List<String>> nameLists(String field) {
        fields.declare(field, "[]", "a list of lists of two or more field names, such as `[[origin, destination]]`");
        String expected = "a list of lists of two or more field names, such as [[origin, dest]]";
        return fields.read(field, List.of(), (at, value) -> FieldNameParser.lists(at, value, expected));
    }

    /** @param defaultValue infinite if there is no default */
    public double number(String field, double defaultValue, DoublePredicate valid, String expected) {
        String aNumber = expected.startsWith("a ") ? expected : "a number " + expected;
        fields.declare(
                field, Double.isInfinite(defaultValue) ? DeclaredField.NONE : NumberText.of(defaultValue), aNumber);
        return fields.read(field, defaultValue, (at, value) -> {
            if (value instanceof Number number) {
                if (valid.test(number.doubleValue())) {
                    return number.doubleValue();
                }
                throw SpecException.of(at, value, expected);
            }
            throw NumberText.invalid(at, value, aNumber);
        });
    }

    public int integer(String field, int defaultValue, int minimum, int maximum) {
        return (int) whole(field, defaultValue, minimum, maximum);
    }

    public int requiredInteger(String field, int minimum, int maximum) {
        String expected = NumberText.range(minimum, maximum);
        fields.declare(field, "", expected);
        return (int) WholeNumbers.number(path(field), fields.require(field, expected), minimum, maximum, expected);
    }

    /** Returns a whole number, or {@code wordValue} if the field is {@code word}. */
    public int integerOr(String field, String word, int wordValue, int defaultValue, int minimum, int maximum) {
        String range = NumberText.range(minimum, maximum);
        fields.declare(field, Integer.toString(defaultValue), range + ", or `" + word + "`");
        String expected = fields.expected(field, range + ", or " + word);
        return fields.read(
                field,
                defaultValue,
                (at, value) -> value.equals(word)
                        ? wordValue
                        : (int) WholeNumbers.number(
                                at,
                                value,
                                minimum,
                                maximum,
                                expected + NameSuggestion.hint(value.toString(), List.of(word))));
    }

    public long whole(String field, long defaultValue, long minimum, long maximum) {
        String expected = NumberText.range(minimum, maximum);
        fields.declare(field, Long.toString(defaultValue), expected);
        return fields.read(
                field, defaultValue, (at, value) -> WholeNumbers.number(at, value, minimum, maximum, expected));
    }

    public List<Integer> integers(
            String field, List<Integer> defaultValue, int maximumCount, int minimum, int maximum) {
        String expected = "a list of 1 to " + maximumCount + " whole numbers, each from " + minimum + " to " + maximum;
        fields.declare(field, defaultValue.toString(), expected);
        return fields.read(
                field,
                defaultValue,
                (at, value) -> WholeNumbers.list(at, value, maximumCount, minimum, maximum, expected));
    }

    /** Returns a duration in milliseconds. */
    public long millis(String field, long defaultValue) {
        fields.declare(field, Durations.write(defaultValue).toString(), Durations.EXPECTED);
        return fields.read(field, defaultValue, Durations::millis);
    }

    /** Returns a required duration in milliseconds. */
    public long millis(String field) {
        fields.declare(field, "", Durations.EXPECTED);
        return Durations.millis(path(field), fields.require(field, Durations.EXPECTED));
    }

    public boolean flag(String field, boolean defaultValue) {
        fields.declare(field, Boolean.toString(defaultValue), "`true` or `false`");
        return fields.read(field, defaultValue, (at, value) -> {
            if (value instanceof Boolean flag) {
                return flag;
            }
            List<String> flags = List.of("true", "false");
            String hint = flags.contains(value) ? ", without quotes" : NameSuggestion.hint(value.toString(), flags);
            throw SpecException.of(at, value, "true or false" + hint);
        });
    }

    /** Returns the names of the fields that getters have read. */
    public Set<String> known() {
        return fields.known();
    }

    /** Rejects every field that is not one of {@code names}, before a getter finds that another one is missing. */
    public void rejectAllBut(Set<String> names) {
        fields.rejectAllBut(names);
    }

    /** Rejects a field that was removed, and says what to use instead. */
    public void refuse(String field, String expected) {
        Object value = fields.get(field);
        if (value != null) {
            throw SpecException.of(path(field), value, expected);
        }
    }

    /** Rejects every field that no getter has read. */
    public void end() {
        fields.end();
    }
}
