package io.freshet.learning.model;

import java.util.Arrays;

/**
 * How the inputs of a model move when features are added or removed. Hashed features that share a table only move with its
 * first row; an input that is new has no earlier index.
 *
 * @param before inputs before the change
 * @param after inputs after it
 * @param numbers for each number after the change, its index before it, or -1
 * @param fields for each hashed field after the change, its index before it, or -1
 */
public record InputChange(Inputs before, Inputs after, int[] numbers, int[] fields) {
    /**
     * The inputs of a model.
     *
     * @param numbers numeric and dense features
     * @param fields hashed fields
     * @param buckets rows of the table that they share
     */
    public record Inputs(int numbers, int fields, int buckets) {}

    /** Receives ranges of parameters that continue. */
    public interface Copier {
        void copy(int before, int after, int count);
    }

    /** Copies the parameters of a model that is one table: the rows of the bias, the numbers, and the buckets. */
    public void copyTable(int width, Copier copier) {
        copier.copy(0, 0, width);
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] >= 0) {
                copier.copy((1 + numbers[i]) * width, (1 + i) * width, width);
            }
        }
        copier.copy((1 + before.numbers) * width, (1 + after.numbers) * width, buckets() * width);
    }

    private int buckets() {
        return Math.min(before.buckets, after.buckets);
    }

    /**
     * Copies the parameters of a network whose first dense layer has a row for each number, and {@code dimension} rows for each
     * hashed field.
     *
     * @param dimension length of an embedding, whose table comes first; 0 without embeddings
     * @param columns of the first dense layer
     * @param rest count of parameters after its weights, which keep their order
     */
    public void copyDense(int dimension, int columns, int rest, Copier copier) {
        copier.copy(0, 0, buckets() * dimension);
        int from = before.buckets * dimension;
        int to = after.buckets * dimension;
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] >= 0) {
                copier.copy(from + numbers[i] * columns, to + i * columns, columns);
            }
        }
        from += before.numbers * columns;
        to += after.numbers * columns;
        int field = dimension * columns;
        for (int i = 0; i < fields.length; i++) {
            if (fields[i] >= 0) {
                copier.copy(from + fields[i] * field, to + i * field, field);
            }
        }
        copier.copy(from + before.fields * field, to + after.fields * field, rest);
    }

    /** Returns a standardized batch with these inputs. Its samples lack the new ones: these are 0, or empty. */
    Batch convert(Batch batch, BatchShape shape) {
        Batch converted = new Batch(shape);
        for (int i = 0; i < batch.size(); i++) {
            PackedSample sample = batch.get(i);
            PackedSample.Features features =
                    shape.numbersAsRows() ? withRows(sample.features()) : withMatrix(sample.features());
            converted.restore(new PackedSample(
                    features, sample.label(), sample.weight(), sample.origin(), sample.stage(), sample.previous()));
        }
        return converted;
    }

    /** The first entries of the sparse matrix are the bias and all numbers. */
    private PackedSample.Features withRows(PackedSample.Features sample) {
        int hashed = sample.rows().length - 1 - before.numbers;
        int first = 1 + after.numbers;
        int[] rows = new int[first + hashed];
        float[] values = new float[rows.length];
        values[0] = sample.values()[0];
        for (int i = 0; i < numbers.length; i++) {
            rows[1 + i] = 1 + i;
            values[1 + i] = numbers[i] < 0 ? 0 : sample.values()[1 + numbers[i]];
        }
        for (int i = 0; i < hashed; i++) {
            rows[first + i] = moved(sample.rows()[1 + before.numbers + i]);
            values[first + i] = sample.values()[1 + before.numbers + i];
        }
        return new PackedSample.Features(rows, values, sample.ends(), sample.matrix(), sample.steps());
    }

    private PackedSample.Features withMatrix(PackedSample.Features sample) {
        float[] matrix = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            matrix[i] = numbers[i] < 0 ? 0 : sample.matrix()[numbers[i]];
        }
        int[] rows = new int[sample.rows().length];
        float[] values = new float[rows.length];
        int[] ends = new int[fields.length];
        int size = 0;
        for (int i = 0; i < fields.length; i++) {
            int field = fields[i];
            int end = field < 0 ? 0 : sample.ends()[field];
            for (int at = field <= 0 ? 0 : sample.ends()[field - 1]; at < end; at++) {
                rows[size] = moved(sample.rows()[at]);
                values[size++] = sample.values()[at];
            }
            ends[i] = size;
        }
        return new PackedSample.Features(
                Arrays.copyOf(rows, size), Arrays.copyOf(values, size), ends, matrix, sample.steps());
    }

    private int moved(int row) {
        return row + after.numbers - before.numbers;
    }
}
