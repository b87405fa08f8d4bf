package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;

/**
 * The number field that says how many steps of a sequence count, for records whose vectors are padded to the longest.
 *
 * @param name of the field
 * @param place of it in a row
 * @param steps of the longest sequence
 */
record SequenceLength(String name, int place, int steps) {
    /** @throws InvalidSampleException if it is missing, or no whole number from 1 to {@code steps} */
    int read(Row row) throws InvalidSampleException {
        double value = row.number(place);
        if (value >= 1 && value <= steps && value == Math.rint(value)) {
            return (int) value;
        }
        Object actual = row.hasNumber(place) ? (Object) value : "missing";
        throw InvalidSampleException.of(name, actual, "a whole number from 1 to " + steps);
    }
}
