package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import java.util.List;

/** Takes the dense vectors of a row: one after the other, or, of a sequence, those of each step after the other. */
final class VectorReader {
    private final List<Field> fields;
    private final int width;
    private final int steps;

    /** A vector field: {@code length} numbers, or as many for each step, each to be divided. */
    record Field(String name, int place, int length, float divide) {}

    /** @param steps of the longest sequence, or 0 for single samples */
    VectorReader(List<Field> fields, int steps) {
        this.fields = List.copyOf(fields);
        this.steps = steps;
        width = fields.stream().mapToInt(Field::length).sum();
    }

    /**
     * Returns the numbers, divided.
     *
     * @param limit steps that count, what is behind them being padding; 0 if all do
     * @throws InvalidSampleException if a vector is missing, of a wrong length, or has a number in it that is not finite
     */
    float[] read(Row row, int limit) throws InvalidSampleException {
        int count = steps == 0 ? 1 : steps(row, limit);
        float[] numbers = new float[count * width];
        int column = 0;
        for (Field field : fields) {
            if (steps == 0 && row.vectorLength(field.place) != field.length) {
                throw refused(row, field, field.length + " numbers");
            }
            float[] from = row.vector(field.place);
            for (int i = 0; i < count * field.length; i++) {
                float x = from[i] / field.divide;
                if (!(Math.abs(x) <= Float.MAX_VALUE)) {
                    throw refused(field, i, from[i]);
                }
                numbers[i / field.length * width + column + i % field.length] = x;
            }
            column += field.length;
        }
        return numbers;
    }

    /** Returns how many steps count: by the limit, or else by the vectors, which must agree. */
    private int steps(Row row, int limit) throws InvalidSampleException {
        int count = limit;
        for (Field field : fields) {
            int length = row.vectorLength(field.place);
            int minimum = Math.max(1, count);
            int maximum = limit == 0 && count > 0 ? count : steps;
            if (length < 0
                    || length % field.length != 0
                    || length / field.length < minimum
                    || length / field.length > maximum) {
                String many = minimum == maximum ? minimum + " steps" : minimum + " to " + maximum + " steps";
                throw refused(row, field, field.length + " numbers for each of " + many);
            }
            count = limit == 0 ? length / field.length : limit;
        }
        return count;
    }

    private static InvalidSampleException refused(Field field, int i, float value) {
        boolean divided = Math.abs(value) <= Float.MAX_VALUE;
        return InvalidSampleException.of(
                field.name + "[" + i + "]",
                value,
                divided
                        ? "a number that divided by " + field.divide + " fits a float"
                        : InvalidSampleException.expectedNumber(value));
    }

    private static InvalidSampleException refused(Row row, Field field, String expected) {
        Object actual = row.hasVector(field.place) ? row.vectorLength(field.place) + " numbers" : "missing";
        return InvalidSampleException.of(field.name, actual, expected);
    }
}
