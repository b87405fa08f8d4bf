package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Names the hashed features of rows, by bucket: the row of the parameter table without those of the bias and the numbers.
 *
 * <pre>
 *   origin=DEN      a category             origin=DEN*destination=ORD      a cross
 *   text=hello      a word                 pixels[17]                      an entry of a sparse vector
 *   at.hour=17      a part of a time       origin=                         a missing category
 * </pre>
 *
 * For explanations; learning needs no names.
 */
public final class HashedNames {
    private final HashedFields fields;
    private final int mask;

    /** Receives the names of the buckets that it wants. */
    public interface Listener {
        boolean wants(int bucket);

        /** Receives the name of a feature of the row, once for each time that the row has it. */
        void add(int bucket, String name);
    }

    /** @throws IllegalArgumentException if {@code layout} lacks a field of {@code spec} */
    public HashedNames(ModelSpec spec, RowLayout layout) {
        fields = new HashedFields(spec, new FieldPlaces(layout));
        mask = spec.features().buckets() - 1;
    }

    /**
     * Passes the names of a row's hashed features.
     *
     * @throws InvalidSampleException if a field is missing or invalid
     */
    public void read(Row row, Listener listener) throws InvalidSampleException {
        fields.read(row, 0, new Namer(row, listener, mask));
    }

    private record Namer(Row row, Listener listener, int mask) implements HashedTarget {
        @Override
        public void category(HashedField field, int hash) {
            if (listener.wants(hash & mask)) {
                listener.add(hash & mask, pair(field));
            }
        }

        @Override
        public void word(HashedField field, int hash, int from, int to) {
            if (listener.wants(hash & mask)) {
                String word = new String(row.bytes(), from, to - from, StandardCharsets.UTF_8);
                listener.add(hash & mask, field.name() + "=" + word);
            }
        }

        @Override
        public void cross(HashedCross cross, int hash) {
            if (listener.wants(hash & mask)) {
                String name = Arrays.stream(cross.fields()).map(this::pair).collect(Collectors.joining("*"));
                listener.add(hash & mask, name);
            }
        }

        @Override
        public void entry(HashedField field, int hash, int index, float value) {
            if (listener.wants(hash & mask)) {
                listener.add(hash & mask, field.name() + "[" + index + "]");
            }
        }

        @Override
        public void timePart(String feature, int value, int hash) {
            if (listener.wants(hash & mask)) {
                listener.add(hash & mask, feature + "=" + (value == TimeCategories.MISSING ? "" : value));
            }
        }

        @Override
        public void endField() {}

        private String pair(HashedField field) {
            return field.name() + "=" + (row.hasText(field.place()) ? row.text(field.place()) : "");
        }
    }
}
