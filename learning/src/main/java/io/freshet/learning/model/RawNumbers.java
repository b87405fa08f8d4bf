package io.freshet.learning.model;

import io.freshet.learning.features.Standardizer;
import java.util.Arrays;

/**
 * The numeric features of samples that are not standardized yet, as doubles to keep all their digits. Sample i has the
 * features [i * length, (i + 1) * length).
 */
final class RawNumbers {
    private final int length;
    private double[] numbers;

    /** @param length count of numeric features in a sample */
    RawNumbers(int length) {
        this(length, new double[0]);
    }

    private RawNumbers(int length, double[] numbers) {
        this.length = length;
        this.numbers = numbers;
    }

    /** Restores the array that {@link #toArray} returned. */
    static RawNumbers of(double[] numbers, int samples) {
        return new RawNumbers(numbers.length / Math.max(1, samples), numbers);
    }

    /** Returns the count of numeric features in a sample. */
    int length() {
        return length;
    }

    double[] toArray(int samples) {
        return Arrays.copyOf(numbers, samples * length);
    }

    void set(int sample, double[] numeric) {
        int from = sample * length;
        if (numbers.length < from + length) {
            numbers = Arrays.copyOf(numbers, Math.multiplyExact(sample + 1, 2 * length));
        }
        System.arraycopy(numeric, 0, numbers, from, length);
    }

    /** Writes a sample's standardized numbers to {@code to[at...]}, and standardizes the dense numbers after them. */
    void standardize(Standardizer standardizer, double[] moments, int sample, float[] to, int at, int steps) {
        standardizer.write(moments, numbers, sample * length, to, at, steps);
    }

    long bytes() {
        return (long) Double.BYTES * numbers.length;
    }
}
