package io.freshet.learning.yaml;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The fields of a YAML mapping. Tracks which ones have been read, so that unknown fields can be rejected. */
final class MappingFields {
    private final String path;
    private final Map<?, ?> fields;
    private final Set<String> known = new LinkedHashSet<>();
    /** Null unless a reference is generated. */
    private final @Nullable List<DeclaredField> declared;
    /** The field whose value stands in the place of this mapping; null if the mapping is written out. */
    private final @Nullable String shortField;

    MappingFields(String path, Map<?, ?> fields, @Nullable List<DeclaredField> declared) {
        this(path, fields, declared, null);
    }

    private MappingFields(
            String path, Map<?, ?> fields, @Nullable List<DeclaredField> declared, @Nullable String shortField) {
        this.path = path;
        this.fields = fields;
        this.declared = declared;
        this.shortField = shortField;
    }

    /** Returns the fields of a nested mapping, which are declared to the same list. */
    MappingFields nested(String field, Map<?, ?> nestedFields) {
        return new MappingFields(path(field), nestedFields, declared);
    }

    /** Returns a nested mapping whose value may be that of one of its fields alone, or null for none. */
    MappingFields nested(String field, @Nullable Object value, String nestedShortField) {
        if (value instanceof Map<?, ?> map) {
            return nested(field, map);
        }
        return new MappingFields(
                path(field), value == null ? Map.of() : Map.of(nestedShortField, value), declared, nestedShortField);
    }

    /** Returns the path under which a user finds the field. */
    String path(String field) {
        return field.equals(shortField) ? path : fullPath(field);
    }

    private String fullPath(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /** Adds the written-out form of this mapping to what is expected of the field that stands in its place. */
    String expected(String field, String expected) {
        return field.equals(shortField) ? expected + ", or {" + field + ": ..., ...}" : expected;
    }

    /** Returns a value without marking its field as known. */
    @Nullable Object get(String field) {
        return fields.get(field);
    }

    /** Returns a value, or null if it is missing, and marks its field as known. */
    @Nullable Object take(String field) {
        known.add(field);
        return fields.get(field);
    }

    Object require(String field, String expected) {
        Object value = take(field);
        if (value == null) {
            throw missing(field, expected);
        }
        return value;
    }

    private SpecException missing(String field, String expected) {
        for (Object name : fields.keySet()) {
            if (!known.contains(String.valueOf(name))
                    && NameSuggestion.of(String.valueOf(name), List.of(field)).isPresent()) {
                return unknown(String.valueOf(name), known);
            }
        }
        Object shortValue = shortField == null ? null : fields.get(shortField);
        return shortValue == null
                ? SpecException.of(path(field), "missing", expected)
                : SpecException.of(
                        path, shortValue, "{" + shortField + ": " + shortValue + ", " + field + ": " + expected + "}");
    }

    /** @param parser converts the path and the value, and throws a {@link SpecException} if the value is invalid */
    <T> T read(String field, T defaultValue, BiFunction<String, Object, T> parser) {
        Object value = take(field);
        return value == null ? defaultValue : parser.apply(path(field), value);
    }

    void declare(String field, String defaultValue, String expected) {
        if (declared != null) {
            declared.add(new DeclaredField(fullPath(field), defaultValue, expected));
        }
    }

    /** Returns the names of the fields that have been read. */
    Set<String> known() {
        return Collections.unmodifiableSet(known);
    }

    /** Rejects every field that has not been read. */
    void end() {
        rejectAllBut(known);
    }

    void rejectAllBut(Set<String> names) {
        for (Object field : fields.keySet()) {
            String name = String.valueOf(field);
            if (!names.contains(name)) {
                throw unknown(name, names);
            }
        }
    }

    private SpecException unknown(String name, Set<String> names) {
        return SpecException.of(
                path(name),
                "unknown field",
                NameSuggestion.of(name, names)
                        .map(nearest -> nearest + "?")
                        .orElseGet(() -> "one of " + String.join(", ", names)));
    }
}
