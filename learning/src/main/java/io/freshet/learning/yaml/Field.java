package io.freshet.learning.yaml;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A field of a specification.
 *
 * @param type with the range of its values
 * @param byDefault null for a required field
 * @param defaultText the default as Markdown; "" for a required field, or one whose fields have defaults
 * @param check what is valid beside other fields, whether the value is given or the default
 * @param written what to write of a record and its component; null to omit the field
 * @param live whether the field may change while a model keeps its state
 */
public record Field<V>(
        String name,
        Type<V> type,
        @Nullable Function<Mapping, @Nullable V> byDefault,
        String defaultText,
        Check<V> check,
        Written<V> written,
        boolean live)
        implements Part {
    /** The default of a field that may be omitted. */
    public static final String NONE = "none";

    /** What is valid beside other fields. */
    @FunctionalInterface
    public interface Check<V> {
        /** Returns what is expected instead, or null for a valid value. */
        @Nullable String expected(Mapping in, V value);
    }

    /** What to write. */
    @FunctionalInterface
    public interface Written<V> {
        @Nullable V of(Object record, V component);
    }

    /** Returns a required field. */
    public static <V> Field<V> of(String name, Type<V> type) {
        return new Field<>(name, type, null, "", (in, value) -> null, (record, component) -> component, false);
    }

    public static <V> Field<V> of(String name, Type<V> type, V byDefault) {
        Object text = type.write(byDefault);
        return of(name, type)
                .or(in -> byDefault, "`" + (text instanceof Double number ? Numbers.text(number) : text) + "`");
    }

    /** Returns a field with fields of its own, which have their defaults if it is missing. */
    public static <V> Field<V> of(String name, Nested<V> nested) {
        return of(name, (Type<V>) nested).or(in -> nested.read(in, in.path(name), null), "");
    }

    /** @param words the default for people, as Markdown */
    public Field<V> or(Function<Mapping, @Nullable V> value, String words) {
        return new Field<>(name, type, value, words, check, written, live);
    }

    /** Makes the value null by default. */
    public Field<V> optional() {
        return or(in -> null, NONE);
    }

    public Field<V> check(Check<V> valid) {
        return new Field<>(name, type, byDefault, defaultText, valid, written, live);
    }

    /** Omits some values. */
    public Field<V> omit(Predicate<V> omitted) {
        return writes((record, component) -> omitted.test(component) ? null : component);
    }

    /** Omits the field of some records. */
    @SuppressWarnings("unchecked") // A section gives its own records only.
    public <R> Field<V> omitIn(Predicate<R> omitted) {
        return writes((record, component) -> omitted.test((R) record) ? null : component);
    }

    private Field<V> writes(Written<V> other) {
        return new Field<>(name, type, byDefault, defaultText, check, other, live);
    }

    /** Marks a field that may change while a model keeps its state. */
    public Field<V> keepsState() {
        return new Field<>(name, type, byDefault, defaultText, check, written, true);
    }

    @Nullable V parse(Mapping in) {
        Object given = in.given(name);
        V value;
        if (given != null) {
            value = type.read(in, in.path(name), given);
        } else if (byDefault != null) {
            value = byDefault.apply(in);
        } else {
            throw in.missing(name, type.expected());
        }
        String expected = value == null ? null : check.expected(in, value);
        if (expected != null && value != null) {
            throw SpecException.of(in.path(name), given == null ? type.write(value) : given, expected);
        }
        return value;
    }

    @Override
    public void declare(Mapping in) {
        in.declare(this);
    }

    @Override
    public @Nullable Nested<?> nested(String field) {
        return field.equals(name) && type instanceof Nested<V> nested ? nested : null;
    }

    @Override
    public @Nullable V read(Mapping in) {
        return in.read(this);
    }

    @Override
    @SuppressWarnings("unchecked") // The component that this field has read.
    public void write(Object record, @Nullable Object component, Map<String, Object> target, boolean state) {
        V value = component == null ? null : written.of(record, (V) component);
        Object form = value != null ? type.write(value, state) : component == null ? type.none() : null;
        if (form != null && !(state && live) && !form.equals(Map.of())) {
            target.put(name, form);
        }
    }
}
