package io.freshet.learning.yaml;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What gives one component of a record: a field, the fields of a nested record in the same mapping, or other fields. */
public sealed interface Part permits Field, Nested, Part.Derived {
    /** Adds the fields to those that a mapping may have. */
    void declare(Mapping in);

    /** Returns the component. */
    @Nullable Object read(Mapping in);

    /**
     * Adds the fields of a component to a document.
     *
     * @param record that has the component
     * @param state whether to write only what the state of a model depends on
     */
    void write(Object record, @Nullable Object component, Map<String, Object> target, boolean state);

    /** Returns the fields of a field; null if it is not a field of this part, or has none. */
    default @Nullable Nested<?> nested(String field) {
        return null;
    }

    /** Returns a component that follows from fields of the mapping, or of those around it. */
    static Part derived(Function<Mapping, @Nullable Object> value) {
        return new Derived(value);
    }

    /** A component without fields. */
    record Derived(Function<Mapping, @Nullable Object> value) implements Part {
        @Override
        public void declare(Mapping in) {}

        @Override
        public @Nullable Object read(Mapping in) {
            return value.apply(in);
        }

        @Override
        public void write(Object record, @Nullable Object component, Map<String, Object> target, boolean state) {}
    }
}
