package io.freshet.learning.spec;

import static io.freshet.learning.spec.SpecErrorsTest.SMALLEST;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.yaml.SpecException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Would catch a specification whose model does not fit an array or a snapshot. */
class SpecLimitsTest {
    @Test
    void rejects_models_and_batches_larger_than_an_array() {
        String classes = SMALLEST.replace("mean-squared-error", "sparse-categorical-cross-entropy")
                .replace("{numeric: [a]}", "{categorical: [a], hashBits: 26}");
        assertThatThrownBy(() -> ModelSpec.parse(classes + "outputs: 5"))
                .hasMessage("model: 335544325 parameters (expected: up to 2^28)");
        assertThatThrownBy(() -> ModelSpec.parse(classes.replace("26", "4") + "outputs: 100000\nbatch: {size: 65536}"))
                .hasMessage("batch.size: 65536 (expected: size * (outputs + numbers) up to 2^26)");
    }

    /** The snapshots would exceed the producer's limit, and the job would fail on each restart. */
    @Test
    void rejects_moments_and_text_larger_than_a_snapshot() {
        String dense = "{name: m, label: y, loss: mean-squared-error,"
                + " features: {dense: {field: x, length: %d, standardize: %s}}}";
        ModelSpec.parse(dense.formatted(32_000, true));
        ModelSpec.parse(dense.formatted(1 << 20, false));
        assertThatThrownBy(() -> ModelSpec.parse(dense.formatted(1 << 16, true)))
                .isInstanceOf(SpecException.class)
                .hasMessageMatching(
                        "features: 65536 standardized numbers, \\d+ bytes of text \\(expected: 16 \\* numbers"
                                + " \\+ text up to 524288, as both are in every snapshot\\)");
        String names = IntStream.range(0, 60_000).mapToObj(i -> "field" + i).collect(Collectors.joining(", "));
        String many = "{name: m, label: y, loss: mean-squared-error, features: {categorical: [%s]}}";
        assertThatThrownBy(() -> ModelSpec.parse(many.formatted(names)))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("specification: 0 standardized numbers, ");
    }

    @Test
    void rejects_vectors_larger_than_an_array() {
        String vectors = IntStream.range(0, 2048)
                .mapToObj(i -> "{field: v" + i + ", length: 1048576}")
                .collect(Collectors.joining(", "));
        assertThatThrownBy(() -> ModelSpec.parse(
                        "{name: m, label: y, loss: mean-squared-error, features: {dense: [" + vectors + "]}}"))
                .isInstanceOf(SpecException.class)
                .hasMessage("features.dense: 2147483648 numbers (expected: up to 2^26 together)");
    }
}
