package io.freshet.learning.yaml;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A value that is a mapping, or the fields of a value in the mapping of another one. */
public sealed interface Nested<T> extends Type<T>, Part permits Section, Variants {
    /**
     * The forms of a mapping.
     *
     * @param shortField field whose value may stand for the mapping; null if there is none
     * @param isBare whether the value of the short field is written alone if there is no other
     * @param without fields that there are no more, and what to use instead
     * @param meanings of the fields by name, each one sentence of Markdown
     */
    record Forms(
            @Nullable String shortField, boolean isBare, Map<String, String> without, Map<String, String> meanings) {
        static final Forms LONG = new Forms(null, false, Map.of(), Map.of());

        Forms shortBy(String field) {
            return new Forms(field, isBare, without, meanings);
        }

        Forms bare() {
            return new Forms(shortField, true, without, meanings);
        }

        Forms without(String field, String instead) {
            Map<String, String> more = new LinkedHashMap<>(without);
            more.put(field, instead);
            return new Forms(shortField, isBare, more, meanings);
        }

        /** @param lines of {@code name: meaning} */
        Forms means(String lines) {
            Map<String, String> named = lines.lines()
                    .map(line -> line.split(": ", 2))
                    .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
            return new Forms(shortField, isBare, without, named);
        }
    }

    Forms forms();

    /** Returns the field whose value may stand for the mapping, as in {@code batch: 32}; null if there is none. */
    default @Nullable String shortField() {
        return forms().shortField;
    }

    @Override
    @Nullable T read(Mapping in);

    @Override
    default @Nullable T read(Mapping in, String path, @Nullable Object value) {
        return read(open(in, path, value, ", or {" + shortField() + ": ..., ...}"));
    }

    /**
     * Returns the mapping of a value, and rejects fields that it cannot have.
     *
     * @param hint what else may stand in the place of the short field
     */
    default Mapping open(Mapping in, String path, @Nullable Object value, String hint) {
        return known(in.nested(path, value, shortField(), hint));
    }

    /** Reads a whole document. */
    default T read(Map<?, ?> document) {
        T value = read(known(Mapping.of("", document)));
        if (value == null) {
            throw new IllegalStateException("document: null (expected: a value)");
        }
        return value;
    }

    private Mapping known(Mapping mapping) {
        declare(mapping);
        forms().without.forEach((field, instead) -> {
            Object value = mapping.given(field);
            if (value != null) {
                throw SpecException.of(mapping.path(field), value, instead);
            }
        });
        Set<String> names = new LinkedHashSet<>();
        if (shortField() != null) {
            names.add(shortField());
        }
        names.addAll(mapping.declared());
        mapping.rejectAllBut(names);
        return mapping;
    }

    @Override
    default Nested<T> longForm() {
        return this;
    }

    @Override
    default String expected() {
        return "a mapping {field: value}";
    }

    @Override
    default Object write(T value) {
        return write(value, false);
    }

    @Override
    default Object write(T value, boolean state) {
        Map<String, Object> fields = fields(value, state);
        Object only = fields.size() == 1 ? fields.get(shortField()) : null;
        return forms().isBare && only != null ? only : fields;
    }

    /** Returns all fields of a value. */
    default Map<String, Object> fields(T value) {
        return fields(value, false);
    }

    /** Returns the fields of a value that the state of a model depends on. */
    default Map<String, Object> state(T value) {
        return fields(value, true);
    }

    private Map<String, Object> fields(T value, boolean state) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (shortField() != null) {
            fields.put(shortField(), ""); // The first field, wherever it is declared.
        }
        write(value, value, fields, state);
        return fields;
    }
}
