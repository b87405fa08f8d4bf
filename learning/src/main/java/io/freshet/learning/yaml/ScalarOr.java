package io.freshet.learning.yaml;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A section, or a scalar in its place: {@code standardize: true}, {@code missing: drop}, or {@code plateau: 0}.
 *
 * @param scalars what each stands for; empty for nothing
 * @param expected the scalars and what else may stand there, in words
 * @param hint the scalars that may stand in the place of the section's short field, in words
 */
public record ScalarOr<T>(Map<Object, Optional<T>> scalars, Section<T> section, String expected, String hint)
        implements Type<T> {
    public static <T> ScalarOr<T> of(Map<Object, Optional<T>> scalars, Section<T> section, String expected) {
        return new ScalarOr<>(scalars, section, expected, "");
    }

    /** A section that 0 disables. */
    public static <T> ScalarOr<T> orZero(Section<T> section) {
        String hint = ", or 0 for none";
        return new ScalarOr<>(Map.of(0, Optional.empty()), section, section.shortExpected() + hint, hint);
    }

    @Override
    public @Nullable T read(Mapping in, String path, Object value) {
        Optional<T> scalar = scalars.get(value instanceof Double number && number == 0 ? 0 : value);
        if (scalar != null) {
            return scalar.orElse(null);
        }
        if (value instanceof Map || section.shortField() != null) {
            return section.read(section.open(in, path, value, hint));
        }
        List<String> names = scalars.keySet().stream().map(Object::toString).toList();
        String suggestion = value instanceof String && names.contains(value)
                ? ", without quotes"
                : NameSuggestion.hint(value.toString(), names);
        throw SpecException.of(path, value, expected + suggestion);
    }

    @Override
    public Object write(T value) {
        Object scalar = scalarOf(Optional.of(value));
        return scalar == null ? section.write(value) : scalar;
    }

    @Override
    public @Nullable Object none() {
        return scalarOf(Optional.empty());
    }

    private @Nullable Object scalarOf(Optional<T> value) {
        return scalars.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    @Override
    public Nested<?> longForm() {
        return section;
    }
}
