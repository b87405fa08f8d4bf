package io.freshet.learning.encode;

import io.freshet.learning.features.InputFields;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.When;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a row is a model's, by {@code when} in its specification.
 *
 * <pre>
 *   equals: texts      the field is a text, and its UTF-8 bytes are those of one of the texts
 *   equals: numbers    the field is a number, and equals one of the numbers
 *   exists             the field is in the record, valid or not, and is neither null nor an empty text
 * </pre>
 *
 * Looks only at the kinds of the field that the model reads, so other models of the layout change nothing. Allocates nothing
 * per row. Thread-safe. Pinned by {@code RowSelectorTest}.
 */
public final class RowSelector {
    /** Selects all rows. */
    private static final RowSelector ALL = new RowSelector(null, -1, -1, -1);

    private final boolean all;
    private final boolean exists;
    /** Places of the field among the numbers, texts, and vectors of a row, or -1 if the model does not read it as such. */
    private final int number;

    private final int text;
    private final int vector;
    private final byte[][] texts;
    private final double[] numbers;

    private RowSelector(@Nullable When when, int number, int text, int vector) {
        all = when == null;
        exists = when != null && when.exists();
        this.number = number;
        this.text = text;
        this.vector = vector;
        texts = when == null
                ? new byte[0][]
                : when.texts().stream()
                        .map(value -> value.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        numbers = when == null
                ? new double[0]
                : when.numbers().stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Returns the selector of a model, for rows of a layout with its fields. */
    public static RowSelector of(ModelSpec spec, RowLayout layout) {
        When when = spec.stream().when();
        if (when == null) {
            return ALL;
        }
        String name = when.field();
        boolean isVector = spec.vectorFields().stream().map(RowLayout::wireName).anyMatch(name::equals);
        return new RowSelector(
                when,
                spec.numberFields().contains(name) ? layout.number(name) : -1,
                spec.textFields().contains(name) ? layout.text(name) : -1,
                isVector ? layout.vector(name) : -1);
    }

    /** Returns the fields that the selector of a model reads. */
    public static InputFields fields(ModelSpec spec) {
        When when = spec.stream().when();
        return new Fields(when == null ? List.of() : List.of(when.field()), spec);
    }

    /** The field that selects records, as the kinds that the model reads. */
    private record Fields(List<String> names, ModelSpec spec) implements InputFields {
        @Override
        public List<String> numberFields() {
            return spec.numberFields().stream().filter(names::contains).toList();
        }

        @Override
        public List<String> textFields() {
            return spec.textFields().stream().filter(names::contains).toList();
        }

        @Override
        public List<String> vectorFields() {
            return spec.vectorFields().stream()
                    .filter(vector -> names.contains(RowLayout.wireName(vector)))
                    .toList();
        }
    }

    /** Returns whether the row is the model's. */
    public boolean selects(Row row) {
        return all || (exists ? has(row) : equalsText(row) || equalsNumber(row));
    }

    private boolean has(Row row) {
        return number >= 0 && hasNumber(row) || text >= 0 && hasText(row) || vector >= 0 && row.hasVector(vector);
    }

    private boolean hasNumber(Row row) {
        boolean empty = row.isWord(number) && row.wordFrom(number) == row.wordTo(number);
        return !row.isNumberMissing(number) && !empty;
    }

    private boolean hasText(Row row) {
        boolean empty = row.hasText(text) && row.textFrom(text) == row.textTo(text);
        return row.hasSparse(text) || !row.isTextMissing(text) && !empty;
    }

    private boolean equalsText(Row row) {
        if (texts.length == 0 || !row.hasText(text)) {
            return false;
        }
        byte[] bytes = row.bytes();
        int from = row.textFrom(text);
        int to = row.textTo(text);
        for (byte[] value : texts) {
            if (Arrays.equals(value, 0, value.length, bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    private boolean equalsNumber(Row row) {
        if (numbers.length == 0) {
            return false;
        }
        double actual = row.number(number);
        for (double value : numbers) {
            if (value == actual) {
                return true;
            }
        }
        return false;
    }
}
