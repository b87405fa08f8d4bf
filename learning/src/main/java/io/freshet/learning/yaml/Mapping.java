package io.freshet.learning.yaml;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping in a YAML document while it is read. Each field is read once, when it is first asked for, so that defaults and ranges may
 * depend on any other field of the mapping, and of those around it.
 */
public final class Mapping {
    private final @Nullable Mapping outer;
    private final String path;
    private final Map<?, ?> document;
    /** The field whose value stands in the place of this mapping; null if the mapping is written out. */
    private final @Nullable String shortField;
    /** What else may stand there. */
    private final String shortHint;

    private final Map<String, Field<?>> declared = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> values = new HashMap<>();

    private Mapping(
            @Nullable Mapping outer, String path, Map<?, ?> document, @Nullable String shortField, String shortHint) {
        this.outer = outer;
        this.path = path;
        this.document = document;
        this.shortField = shortField;
        this.shortHint = shortHint;
    }

    /** @param path of the mapping; "" for a whole document */
    public static Mapping of(String path, Map<?, ?> document) {
        return new Mapping(null, path, document, null, "");
    }

    /**
     * Returns a mapping in this one.
     *
     * @param value null for an empty mapping
     * @param nestedShortField field for which another value stands; null if there is none
     */
    Mapping nested(String nestedPath, @Nullable Object value, @Nullable String nestedShortField, String hint) {
        if (value instanceof Map<?, ?> map) {
            return new Mapping(this, nestedPath, map, null, "");
        }
        if (nestedShortField == null && value != null) {
            throw SpecException.of(nestedPath, value, "a mapping {field: value}");
        }
        Map<?, ?> fields = nestedShortField == null || value == null ? Map.of() : Map.of(nestedShortField, value);
        return new Mapping(this, nestedPath, fields, nestedShortField, hint);
    }

    /** Returns the path under which a user finds the field. */
    public String path(String field) {
        return field.equals(shortField) ? path : path.isEmpty() ? field : path + "." + field;
    }

    /** Adds the other forms of a mapping to what is expected of the value that stands in its place. */
    String expected(String at, String expected) {
        return shortField != null && at.equals(path) ? expected + shortHint : expected;
    }

    /** Returns whether the document has the field. */
    public boolean has(String field) {
        return document.get(field) != null;
    }

    /** Returns whether the document has the field in this mapping or in one around it. */
    public boolean hasAround(String field) {
        return has(field) || outer != null && outer.hasAround(field);
    }

    @Nullable Object given(String field) {
        return document.get(field);
    }

    void declare(Field<?> field) {
        declared.put(field.name(), field);
    }

    <V> @Nullable V read(Field<V> field) {
        if (!values.containsKey(field.name())) {
            values.put(field.name(), field.parse(this));
        }
        @SuppressWarnings("unchecked") // Only this method puts values, each of the type of its field.
        V value = (V) values.get(field.name());
        return value;
    }

    /** Returns the value of a field of this mapping, or of the nearest around it that has one with this name. */
    public <V> @Nullable V find(String field, Class<V> type) {
        Field<?> own = declared.get(field);
        if (own != null) {
            return type.cast(read(own));
        }
        if (outer == null) {
            throw new IllegalArgumentException("field: " + field + " (expected: one of the specification)");
        }
        return outer.find(field, type);
    }

    /** Returns the value of a field that is never null, as {@link #find} does. */
    public <V> V get(String field, Class<V> type) {
        return Objects.requireNonNull(find(field, type), field);
    }

    /** Returns the list of a field as {@link #get} does. */
    @SuppressWarnings("unchecked") // Only for lists of the type that the field has.
    public <E> List<E> list(String field) {
        return get(field, List.class);
    }

    Set<String> declared() {
        return declared.keySet();
    }

    /** Rejects every field that is not one of {@code names}. */
    public void rejectAllBut(Collection<String> names) {
        for (Object field : document.keySet()) {
            String name = String.valueOf(field);
            if (!names.contains(name)) {
                String expected = NameSuggestion.of(name, names)
                        .map(nearest -> nearest + "?")
                        .orElseGet(() -> "one of " + String.join(", ", names));
                throw SpecException.of(path(name), "unknown field", expected);
            }
        }
    }

    /** Returns the error for a field without a default. */
    SpecException missing(String field, String expected) {
        Object shortValue = shortField == null ? null : document.get(shortField);
        return shortValue == null
                ? SpecException.of(path(field), "missing", expected(path(field), expected))
                : SpecException.of(
                        path, shortValue, "{" + shortField + ": " + shortValue + ", " + field + ": " + expected + "}");
    }
}
