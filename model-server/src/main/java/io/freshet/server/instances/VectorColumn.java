package io.freshet.server.instances;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.learning.yaml.Plural;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A vector field: an array of numbers, or of steps of a sequence, which are arrays of numbers each. Sequences of different
 * lengths are padded with zeros.
 */
final class VectorColumn extends InstanceColumn {
    /** Limits what padding adds to the numbers that were sent. */
    private static final int MAXIMUM_PADDED = 1 << 20;

    private final int length;
    private final int maximumSteps;
    private final boolean optional;
    private double[] values = {};
    private int size;
    /** Numbers of each row. */
    private int[] counts = {};

    /**
     * @param length numbers of a vector, or of a step
     * @param maximumSteps 0 for a vector
     * @param optional whether a row may lack the field
     */
    VectorColumn(String name, int length, int maximumSteps, boolean optional) {
        super(
                name,
                maximumSteps == 0
                        ? "an array of " + Plural.of(length, "number")
                        : "an array of 1 to " + maximumSteps + " steps, each an array of "
                                + Plural.of(length, "number"));
        this.length = length;
        this.maximumSteps = maximumSteps;
        this.optional = optional;
    }

    @Override
    void read(JsonParser parser, int row) throws IOException, RequestException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw bad(row, excerpt(parser));
        }
        int start = size;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_ARRAY && maximumSteps > 0 && (size - start) % length == 0) {
                int step = size;
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    add(parser, row, step, length);
                }
                if (size - step != length) {
                    throw bad(row, "a step of " + Plural.of(size - step, "number"));
                }
            } else {
                add(parser, row, start, length * Math.max(1, maximumSteps));
            }
        }
        int count = size - start;
        if (count == 0 || count % length != 0 || count / length > Math.max(1, maximumSteps)) {
            throw bad(row, Plural.of(count, "number"));
        }
        if (row >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(row + 1, 2 * counts.length));
        }
        counts[row] = count;
        present.set(row);
    }

    /** @param limit numbers from {@code from} on, after which it is too many */
    private void add(JsonParser parser, int row, int from, int limit) throws IOException, RequestException {
        double value = number(parser);
        if (!Float.isFinite((float) value)) {
            throw bad(row, "an array with " + excerpt(parser));
        }
        if (size - from >= limit) {
            throw bad(row, "more than " + Plural.of(limit, "number"));
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(length, 2 * size));
        }
        values[size++] = value;
    }

    /** Returns a number, as in samples in JSON, or NaN. */
    private static double number(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> 1;
            case VALUE_FALSE -> 0;
            default -> Double.NaN;
        };
    }

    @Override
    void addTo(List<InputTensor> inputs, int rows) throws RequestException {
        int absent = present.nextClearBit(0);
        if (absent < rows && !optional) {
            throw bad(absent, "missing");
        }
        counts = Arrays.copyOf(counts, rows);
        int width = Math.max(length, Arrays.stream(counts).max().orElse(length));
        long padded = (long) rows * width;
        if (padded > Math.max(size, MAXIMUM_PADDED)) {
            throw RequestException.bad(
                    "instances",
                    rows + " sequences, the longest of " + Plural.of(width, "number"),
                    "sequences of similar lengths together; padded, up to " + MAXIMUM_PADDED + " numbers");
        }
        double[] rectangle = Arrays.copyOf(values, size);
        if (padded != size) {
            rectangle = new double[(int) padded];
            int from = 0;
            for (int row = 0; row < rows; row++) {
                System.arraycopy(values, from, rectangle, row * width, counts[row]);
                from += counts[row];
            }
        }
        BitSet given = new BitSet();
        present.stream().forEach(row -> given.set(row * width, (row + 1) * width));
        inputs.add(new InputTensor(name, Datatype.FP64, List.of(rows, width), TensorData.numbers(rectangle, given)));
    }

    boolean isSequence() {
        return maximumSteps > 0;
    }

    /** @throws RequestException if a row has another number of steps than in another field */
    void requireStepsOf(VectorColumn other, int rows) throws RequestException {
        for (int row = 0; row < rows; row++) {
            int steps = counts[row] / length;
            int expected = other.counts[row] / other.length;
            if (steps != expected && present.get(row) && other.present.get(row)) {
                throw RequestException.bad(path(row), Plural.of(steps, "step"), expected + ", like " + other.name);
            }
        }
    }

    /** Returns the numbers of steps of the rows. */
    double[] steps(int rows) {
        return Arrays.stream(counts, 0, rows)
                .mapToDouble(count -> count / length)
                .toArray();
    }

    /** Returns whether the rows have different numbers of steps. */
    boolean isPadded(int rows) {
        return Arrays.stream(counts, 0, rows).distinct().count() > 1;
    }
}
