package io.freshet.learning.yaml;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A field whose value differs between two documents.
 *
 * @param field path of the field, for example {@code optimizer.learningRate}
 * @param before old value, or null if absent
 * @param after new value, or null if absent
 */
public record FieldChange(
        String field, @Nullable Object before, @Nullable Object after) {
    /** Returns the changes in the order of the fields. Where both values are mappings, those are compared by field. */
    public static Stream<FieldChange> between(Map<?, ?> before, Map<?, ?> after) {
        return shallow(before, after)
                .flatMap(change -> change.before instanceof Map<?, ?> old && change.after instanceof Map<?, ?> now
                        ? between(old, now).map(change::within)
                        : Stream.of(change));
    }

    /** Returns the changes in the order of the fields, each value as a whole. */
    public static Stream<FieldChange> shallow(Map<?, ?> before, Map<?, ?> after) {
        Set<Object> fields = new LinkedHashSet<>(before.keySet());
        fields.addAll(after.keySet());
        return fields.stream()
                .filter(field -> !Objects.equals(before.get(field), after.get(field)))
                .map(field -> new FieldChange(field.toString(), before.get(field), after.get(field)));
    }

    private FieldChange within(FieldChange nested) {
        return new FieldChange(field + "." + nested.field, nested.before, nested.after);
    }

    /** Returns the values for a refusal: {@code 0.01, was 0.05}. */
    public String values() {
        return shown(after) + ", was " + shown(before);
    }

    /** Returns one line: {@code optimizer.learningRate: 0.05 -> 0.01}. */
    @Override
    public String toString() {
        return field + ": " + shown(before) + " -> " + shown(after);
    }

    private static Object shown(@Nullable Object value) {
        return value == null ? "none" : value;
    }
}
