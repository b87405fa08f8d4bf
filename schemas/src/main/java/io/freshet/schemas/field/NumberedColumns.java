package io.freshet.schemas.field;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Arrays;

/**
 * A vector whose numbers stand each under a key of its own, {@code pixel0}, {@code pixel1} and so on, in any order.
 *
 * <p>They count from 0, or from 1 if the first row that has any has no 0; in a stream each record is such a first one.
 * Where the last are null or absent the vector is shorter. An array under {@code pixel} wins over them.
 */
public final class NumberedColumns {
    private final String prefix;
    private final int place;
    /** By number; not a number where there is none. */
    private float[] numbers = {};

    private int end;
    private boolean any;
    private boolean zero;
    private int first = -1;

    /**
     * @param prefix of the keys, the whole path
     * @param place of the vector in the layout
     */
    NumberedColumns(String prefix, int place) {
        this.prefix = prefix;
        this.place = place;
    }

    /** Forgets whether the rows before counted from 0 or from 1. */
    void forgetCounting() {
        first = -1;
    }

    /** Forgets the row before. */
    void clear() {
        Arrays.fill(numbers, 0, end, Float.NaN);
        end = 0;
        any = false;
        zero = false;
    }

    /** Takes a number of the row; not a number for null. */
    public void take(int number, float value) throws MalformedRecordException {
        if (number >= Row.LONGEST_VECTOR) {
            throw new MalformedRecordException(
                    prefix + number + ": a key (expected: up to " + prefix + (Row.LONGEST_VECTOR - 1) + ")");
        }
        any = true;
        zero |= number == 0;
        if (Float.isNaN(value)) {
            return;
        }
        if (number >= numbers.length) {
            int before = numbers.length;
            numbers = Arrays.copyOf(numbers, Math.max(number + 1, before * 2));
            Arrays.fill(numbers, before, numbers.length, Float.NaN);
        }
        numbers[number] = value;
        end = Math.max(end, number + 1);
    }

    /** Fills the vector of a row, if the row has any of its keys and no array. */
    void finish(Row row) throws InvalidSampleException {
        if (!any || row.hasVector(place)) {
            return;
        }
        if (first < 0) {
            first = zero ? 0 : 1;
        }
        if (zero && first == 1) {
            throw InvalidSampleException.of(
                    prefix + 0, "a key", "numbers from " + prefix + "1 on, as in the rows before");
        }
        for (int i = first; i < end; i++) {
            if (Float.isNaN(numbers[i])) {
                throw InvalidSampleException.of(
                        prefix + i, "missing", "a number, as there is one in " + prefix + (end - 1));
            }
        }
        int length = Math.max(0, end - first);
        System.arraycopy(numbers, Math.min(first, end), row.vector(place, length), 0, length);
    }

    public String prefix() {
        return prefix;
    }
}
