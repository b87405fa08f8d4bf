package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.FeatureSpec;
import java.util.List;

/** Reads and concatenates the dense vectors of a row; for a sequence, those of step 0, then of step 1, and so on. */
final class VectorReader {
    private final List<Field> fields;
    private final int width;
    private final int steps;

    /** @param length count of numbers; for a sequence, per step */
    private record Field(String name, int place, int length, float divisor) {}

    /** @param steps maximum length of a sequence; 0 for single samples */
    VectorReader(List<FeatureSpec.Dense> vectors, FieldPlaces places, int steps) {
        fields = vectors.stream()
                .map(vector -> new Field(
                        vector.field(), places.vector(vector.field()), vector.length(), (float) vector.divide()))
                .toList();
        width = fields.stream().mapToInt(Field::length).sum();
        this.steps = steps;
    }

    /**
     * Returns the numbers, each divided by its field's divisor.
     *
     * @param limit length of the sequence, after which the vectors are padding; 0 if there is no padding
     * @throws InvalidSampleException if a vector is missing, has the wrong length, or contains a number that is not
     *     finite
     */
    float[] read(Row row, int limit) throws InvalidSampleException {
        int count = steps == 0 ? 1 : sequenceLength(row, limit);
        float[] numbers = new float[count * width];
        int column = 0;
        for (Field field : fields) {
            if (steps == 0 && row.vectorLength(field.place) != field.length) {
                throw wrongLength(row, field, field.length + " numbers");
            }
            for (int step = 0; step < count; step++) {
                divide(row.vector(field.place), step * field.length, field, numbers, step * width + column);
            }
            column += field.length;
        }
        return numbers;
    }

    /** Copies first, and checks last: the compiler vectorizes a loop over one array without a branch. A finite sum has finite terms. */
    private static void divide(float[] from, int at, Field field, float[] to, int start) throws InvalidSampleException {
        int length = field.length;
        float divisor = field.divisor;
        System.arraycopy(from, at, to, start, length);
        for (int i = 0; i < length; i++) {
            to[start + i] /= divisor;
        }
        if (Math.abs(sum(to, start, start + length)) <= Float.MAX_VALUE) {
            return;
        }
        for (int i = 0; i < length; i++) {
            if (!(Math.abs(to[start + i]) <= Float.MAX_VALUE)) {
                throw invalidNumber(field, at + i, from[at + i]);
            }
        }
    }

    /** Adds eight numbers at a time, since each addition to the same sum waits for the one before. */
    private static float sum(float[] x, int from, int to) {
        float a = 0;
        float b = 0;
        int i = from;
        for (; i < to - 7; i += 8) {
            a += (x[i] + x[i + 1]) + (x[i + 2] + x[i + 3]);
            b += (x[i + 4] + x[i + 5]) + (x[i + 6] + x[i + 7]);
        }
        for (; i < to; i++) {
            a += x[i];
        }
        return a + b;
    }

    /** Returns the length of the sequence: the limit, or else the length of the vectors, which must agree. */
    private int sequenceLength(Row row, int limit) throws InvalidSampleException {
        int count = limit;
        for (Field field : fields) {
            int length = row.vectorLength(field.place);
            int minimum = Math.max(1, count);
            int maximum = limit == 0 && count > 0 ? count : steps;
            if (length < 0
                    || length % field.length != 0
                    || length / field.length < minimum
                    || length / field.length > maximum) {
                String range = minimum == maximum ? minimum + " steps" : minimum + " to " + maximum + " steps";
                throw wrongLength(row, field, field.length + " numbers for each of " + range);
            }
            count = limit == 0 ? length / field.length : limit;
        }
        return count;
    }

    private static InvalidSampleException invalidNumber(Field field, int i, float value) {
        boolean overflowedByDivision = Math.abs(value) <= Float.MAX_VALUE;
        return InvalidSampleException.of(
                field.name,
                i,
                value,
                overflowedByDivision
                        ? "a number that fits a float after division by " + field.divisor
                        : InvalidSampleException.expectedNumber(value));
    }

    private static InvalidSampleException wrongLength(Row row, Field field, String expected) {
        Object actual = row.hasVector(field.place) ? row.vectorLength(field.place) + " numbers" : "missing";
        return InvalidSampleException.of(field.name, actual, expected);
    }
}
