package io.freshet.learning.yaml;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The table of the fields of a record in YAML, in the order to write them. Reading, writing, suggestions for unknown fields, and
 * the reference page follow from it.
 *
 * @param parts one for each component of the record
 * @param to returns what is read for a record; null for none
 * @param from returns the record of what is written
 */
public record Section<T>(
        RecordType record, List<Part> parts, Forms forms, Function<Object, @Nullable T> to, Function<T, Object> from)
        implements Nested<T> {
    public Section {
        if (parts.size() != record.size()) {
            throw new IllegalArgumentException(
                    record + ": " + parts.size() + " parts (expected: " + record.size() + ", one for each component)");
        }
    }

    /** @param parts one for each component of the record, in their order */
    public static <T extends Record> Section<T> of(Class<T> record, Part... parts) {
        return new Section<>(RecordType.of(record), List.of(parts), Forms.LONG, record::cast, value -> value);
    }

    /** Adds lines of {@code field: meaning}. */
    public Section<T> means(String lines) {
        return with(forms.means(lines));
    }

    /** Lets the value of a field stand for the mapping: {@code batch: 32} is {@code batch: {size: 32}}. */
    public Section<T> shortBy(String field) {
        return with(forms.shortBy(field));
    }

    /** Lets the value of a field stand for the mapping, and writes it so where no other field is written. */
    public Section<T> bareBy(String field) {
        return with(forms.shortBy(field).bare());
    }

    /** Rejects a field that there is no more, with what to use instead. */
    public Section<T> without(String field, String instead) {
        return with(forms.without(field, instead));
    }

    private Section<T> with(Forms other) {
        return new Section<>(record, parts, other, to, from);
    }

    /** Reads and writes another value than the record of the fields. */
    public <V> Section<V> as(Function<T, @Nullable V> value, Function<V, T> fields) {
        return new Section<>(record, parts, forms, to.andThen(value), fields.andThen(from));
    }

    /** Returns what a value that stands for the mapping must be. */
    String shortExpected() {
        return parts.stream()
                .filter(part -> part instanceof Field<?> field && field.name().equals(shortField()))
                .map(part -> ((Field<?>) part).type().expected())
                .findFirst()
                .orElse(expected());
    }

    @Override
    public void declare(Mapping in) {
        parts.forEach(part -> part.declare(in));
    }

    @Override
    public @Nullable Nested<?> nested(String field) {
        return parts.stream()
                .map(part -> part.nested(field))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    @Override
    public @Nullable T read(Mapping in) {
        return to.apply(record.create(parts.stream().map(part -> part.read(in)).toArray()));
    }

    @Override
    @SuppressWarnings("unchecked") // What this section has read.
    public void write(Object outer, @Nullable Object value, Map<String, Object> target, boolean state) {
        if (value != null) {
            Object fields = from.apply((T) value);
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).write(fields, record.component(fields, i), target, state);
            }
        }
    }
}
