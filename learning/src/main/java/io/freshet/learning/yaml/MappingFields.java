package io.freshet.learning.yaml;

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

    MappingFields(String path, Map<?, ?> fields, @Nullable List<DeclaredField> declared) {
        this.path = path;
        this.fields = fields;
        this.declared = declared;
    }

    /** Returns the fields of a nested mapping, which are declared to the same list. */
    MappingFields nested(String nestedPath, Map<?, ?> nestedFields) {
        return new MappingFields(nestedPath, nestedFields, declared);
    }

    String path() {
        return path;
    }

    String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
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
            throw SpecException.of(path(field), "missing", expected);
        }
        return value;
    }

    /** @param parser converts the path and the value, and throws a {@link SpecException} if the value is invalid */
    <T> T read(String field, T defaultValue, BiFunction<String, Object, T> parser) {
        Object value = take(field);
        return value == null ? defaultValue : parser.apply(path(field), value);
    }

    void declare(String field, String defaultValue, String expected) {
        if (declared != null) {
            declared.add(new DeclaredField(path(field), defaultValue, expected));
        }
    }

    /** Rejects every field that has not been read. */
    void end() {
        for (Object field : fields.keySet()) {
            String name = String.valueOf(field);
            if (!known.contains(name)) {
                throw SpecException.of(path(name), "unknown field", suggestion(name));
            }
        }
    }

    private String suggestion(String unknown) {
        return NameSuggestion.of(unknown, known)
                .map(nearest -> nearest + "?")
                .orElseGet(() -> "one of " + String.join(", ", known));
    }
}
