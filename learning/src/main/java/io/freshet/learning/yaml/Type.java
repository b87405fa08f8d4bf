package io.freshet.learning.yaml;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a value in YAML must be: how it is read, checked, and written. */
public interface Type<V> {
    /**
     * Reads a value.
     *
     * @param in mapping that has the value; what is valid may depend on its other fields
     * @param path of the value
     * @throws SpecException if the value is invalid; names the path
     */
    @Nullable V read(Mapping in, String path, Object value);

    /** Reads a value that is never null, as {@link #read} does. */
    default V parse(Mapping in, String path, Object value) {
        return Objects.requireNonNull(read(in, path, value), path);
    }

    /** Returns the form in YAML. */
    Object write(V value);

    /** @param state whether to write only what the state of a model depends on */
    default Object write(V value, boolean state) {
        return write(value);
    }

    /** Returns what a value must be, in words. */
    String expected();

    /** Returns what is written instead of nothing; null to omit the field. */
    default @Nullable Object none() {
        return null;
    }

    /** Returns the fields of a value that is a mapping, or of each in a list; null if there is none. */
    default @Nullable Nested<?> longForm() {
        return null;
    }

    /** Parses a value at a path. */
    @FunctionalInterface
    interface Parser<V> {
        V parse(Mapping in, String path, Object value);
    }

    static <V> Type<V> of(String expected, Parser<V> parser) {
        return of(expected, parser, value -> value);
    }

    static <V> Type<V> of(String expected, Parser<V> parser, Function<V, Object> writer) {
        return new Parsed<>(expected, parser, writer);
    }

    /** A type with functions for both directions. */
    record Parsed<V>(String expected, Parser<V> parser, Function<V, Object> writer) implements Type<V> {
        @Override
        public V read(Mapping in, String path, Object value) {
            return parser.parse(in, path, value);
        }

        @Override
        public Object write(V value) {
            return writer.apply(value);
        }
    }
}
