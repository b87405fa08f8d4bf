package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch an invalid number among many valid ones, and valid ones that are rejected for their sum. */
class VectorReaderTest {
    /** Not a multiple of any count of numbers that may be checked at once. */
    private static final int LENGTH = 77;

    private static final ModelSpec SPEC = ModelSpec.parse("""
            name: m
            label: y
            features: {dense: {field: v, length: 77, divide: 2}}
            loss: mean-squared-error
            """);
    private static final RowLayout LAYOUT = RowLayout.of(List.of(SPEC));

    @Test
    void divides_every_number() throws InvalidSampleException {
        float[] numbers = numbers(3);
        numbers[LENGTH - 1] = 5;

        float[] dense = encode(numbers);

        assertThat(Arrays.copyOf(dense, LENGTH - 1)).containsOnly(1.5f);
        assertThat(dense[LENGTH - 1]).isEqualTo(2.5f);
    }

    @Test
    void finds_an_invalid_number_in_every_place() {
        for (int i = 0; i < LENGTH; i++) {
            for (float invalid : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                float[] numbers = numbers(1);
                numbers[i] = invalid;
                assertThatThrownBy(() -> encode(numbers))
                        .isInstanceOf(InvalidSampleException.class)
                        .hasMessageStartingWith("v[" + i + "]: " + invalid + " (expected: ");
            }
        }
    }

    @Test
    void infinite_numbers_of_both_signs_are_found() {
        float[] numbers = numbers(1);
        numbers[2] = Float.NEGATIVE_INFINITY;
        numbers[9] = Float.POSITIVE_INFINITY;
        assertThatThrownBy(() -> encode(numbers))
                .isInstanceOf(InvalidSampleException.class)
                .hasMessageStartingWith("v[2]: -Infinity (expected: ");
    }

    @Test
    void accepts_numbers_whose_sum_is_not_finite() throws InvalidSampleException {
        float[] dense = encode(numbers(Float.MAX_VALUE));

        assertThat(dense).hasSize(LENGTH).containsOnly(Float.MAX_VALUE / 2);
    }

    private static float[] numbers(float number) {
        float[] numbers = new float[LENGTH];
        Arrays.fill(numbers, number);
        return numbers;
    }

    private static float[] encode(float[] numbers) throws InvalidSampleException {
        Row row = new Row(LAYOUT);
        row.clear();
        row.number(LAYOUT.number("y"), 1);
        System.arraycopy(numbers, 0, row.vector(LAYOUT.vector("v"), LENGTH), 0, LENGTH);
        return new FeatureEncoder(SPEC, LAYOUT).encode(row, 0, 0).dense();
    }
}
