package io.freshet.learning.model;

/**
 * A weighted sum of parameters, the logit of a linear model with one output.
 *
 * <pre>
 *   total = (s_0 + s_1) + (s_2 + s_3)           s_j: sum over every fourth entry, from entry j
 *   bound = sum_i |value_i|
 * </pre>
 *
 * There are four sums, since a single one would wait for each addition. If the count of entries is not a multiple of four, the
 * last ones are added to s_0. The bound on all values takes a fifth of the time of a maximum. Not thread-safe.
 */
public final class WeightedSum {
    private final int stride;
    private float bound;

    /** @param stride row r starts at {@code r * stride} */
    WeightedSum(int stride) {
        this.stride = stride;
    }

    /**
     * Returns the sum over leading entries and entries [from, to).
     *
     * @param state the parameters
     * @param rows the row of each entry
     * @param values the value of each entry
     */
    public float total(float[] state, LeadingEntries leading, int[] rows, float[] values, int from, int to) {
        int count = leading.count();
        int whole = (count + (to - from)) / 4 * 4;
        float[] first = leading.values();
        // The sum that the next entry is added to is always a.
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float evenSum = 0;
        float oddSum = 0;
        int row = 0;
        for (; row < Math.min(count, whole) - 3; row += 4) {
            float value0 = first[row];
            float value1 = first[row + 1];
            float value2 = first[row + 2];
            float value3 = first[row + 3];
            a += state[row * stride] * value0;
            b += state[(row + 1) * stride] * value1;
            c += state[(row + 2) * stride] * value2;
            d += state[(row + 3) * stride] * value3;
            evenSum += Math.abs(value0) + Math.abs(value2);
            oddSum += Math.abs(value1) + Math.abs(value3);
        }
        for (; row < Math.min(count, whole); row++) {
            float sum = a + state[row * stride] * first[row];
            a = b;
            b = c;
            c = d;
            d = sum;
            evenSum += Math.abs(first[row]);
        }
        for (; row < count; row++) {
            a += state[row * stride] * first[row];
            evenSum += Math.abs(first[row]);
        }
        int end = from + Math.max(0, whole - count);
        int i = from;
        // A bound of i + 4 could overflow and would keep the checks of every index.
        for (; i < end - 3; i += 4) {
            float value0 = values[i];
            float value1 = values[i + 1];
            float value2 = values[i + 2];
            float value3 = values[i + 3];
            a += state[rows[i] * stride] * value0;
            b += state[rows[i + 1] * stride] * value1;
            c += state[rows[i + 2] * stride] * value2;
            d += state[rows[i + 3] * stride] * value3;
            evenSum += Math.abs(value0) + Math.abs(value2);
            oddSum += Math.abs(value1) + Math.abs(value3);
        }
        for (; i < end; i++) {
            float sum = a + state[rows[i] * stride] * values[i];
            a = b;
            b = c;
            c = d;
            d = sum;
            oddSum += Math.abs(values[i]);
        }
        for (; i < to; i++) {
            a += state[rows[i] * stride] * values[i];
            evenSum += Math.abs(values[i]);
        }
        bound = evenSum + oddSum;
        return (a + b) + (c + d);
    }

    /** Returns an upper bound on the magnitude of all values of the last sum; NaN or infinite if unknown. */
    public float bound() {
        return bound;
    }
}
