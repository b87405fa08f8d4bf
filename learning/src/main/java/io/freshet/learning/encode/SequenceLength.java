package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;

/**
 * The number field with the length of a sequence, for records whose vectors are padded to the maximum length.
 *
 * @param name name of the field
 * @param place place of the field in a row
 * @param steps maximum length of a sequence
 */
record SequenceLength(String name, int place, int steps) {
    /** @throws InvalidSampleException if the value is missing or not a whole number from 1 to {@code steps} */
    int read(Row row) throws InvalidSampleException {
        double value = row.number(place);
        if (value >= 1 && value <= steps && value == Math.rint(value)) {
            return (int) value;
        }
        throw InvalidSampleException.of(name, row.shown(place), "a whole number from 1 to " + steps);
    }
}
