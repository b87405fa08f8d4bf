package io.freshet.schemas.sample;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Arrays;

/**
 * A vector whose numbers are under numbered keys, {@code pixel0}, {@code pixel1}, and so on, in any order.
 *
 * <p>The keys count from 0, or from 1 if the first row with such keys has no 0; in a stream, every record counts as a first row.
 * If the last keys are null or absent, the vector is shorter. An array under {@code pixel} takes precedence.
 */
public final class NumberedColumns {
    private final String prefix;
    private final int index;
    /** Values by key number; NaN if null or absent. */
    private float[] numbers = {};

    private int end;
    private int limit;
    private boolean hasKey;
    private boolean hasZero;
    /** Number of the first key, 0 or 1; -1 if undecided. */
    private int first = -1;

    /**
     * @param prefix of the keys, with the full path
     * @param index position of the vector in the layout
     */
    NumberedColumns(String prefix, int index) {
        this.prefix = prefix;
        this.index = index;
    }

    /** Forgets whether earlier rows counted from 0 or from 1. */
    void resetNumbering() {
        first = -1;
    }

    /**
     * Forgets the previous row.
     *
     * @param bytes of the next record, which has fewer numbers than bytes. So keys from there on have a gap before them, and
     *     need no space.
     */
    void clear(int bytes) {
        Arrays.fill(numbers, 0, Math.min(end, numbers.length), Float.NaN);
        end = 0;
        limit = bytes;
        hasKey = false;
        hasZero = false;
    }

    /** Sets an element of the row's vector; NaN stands for null. */
    public void set(int number, float value) throws MalformedRecordException {
        if (number >= Row.LONGEST_VECTOR) {
            throw new MalformedRecordException(
                    prefix + number + ": a key (expected: up to " + prefix + (Row.LONGEST_VECTOR - 1) + ")");
        }
        hasKey = true;
        hasZero |= number == 0;
        if (Float.isNaN(value)) {
            return;
        }
        end = Math.max(end, number + 1);
        if (number >= limit) {
            return;
        }
        if (number >= numbers.length) {
            int length = numbers.length;
            numbers = Arrays.copyOf(numbers, Math.max(number + 1, length * 2));
            Arrays.fill(numbers, length, numbers.length, Float.NaN);
        }
        numbers[number] = value;
    }

    /** Fills the vector of a row that has numbered keys and no array. */
    void finish(Row row) throws InvalidSampleException {
        if (!hasKey || row.hasVector(index)) {
            return;
        }
        if (first < 0) {
            first = hasZero ? 0 : 1;
        }
        if (hasZero && first == 1) {
            throw InvalidSampleException.of(prefix + 0, "a key", "numbers from " + prefix + "1 on, as in earlier rows");
        }
        for (int i = first; i < end; i++) {
            if (i >= numbers.length || Float.isNaN(numbers[i])) {
                throw InvalidSampleException.of(
                        prefix + i, "missing", "a number, since there is one in " + prefix + (end - 1));
            }
        }
        int length = Math.max(0, end - first);
        System.arraycopy(numbers, Math.min(first, end), row.vector(index, length), 0, length);
    }

    public String prefix() {
        return prefix;
    }
}
