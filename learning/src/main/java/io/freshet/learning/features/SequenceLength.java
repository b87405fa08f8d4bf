package io.freshet.learning.features;

/**
 * The number field that says how many steps of a sequence count, for records whose vectors are padded to the longest.
 *
 * @param name of the field
 * @param place of it in a row
 * @param steps of the longest sequence
 */
record SequenceLength(String name, int place, int steps) {
    /** @throws BadSampleException if it is missing, or no whole number from 1 to {@code steps} */
    int read(Row row) throws BadSampleException {
        double value = row.number(place);
        if (value >= 1 && value <= steps && value == Math.rint(value)) {
            return (int) value;
        }
        Object actual = row.hasNumber(place) ? (Object) value : "missing";
        throw BadSampleException.of(name, actual, "a whole number from 1 to " + steps);
    }
}
