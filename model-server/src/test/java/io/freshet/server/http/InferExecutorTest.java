package io.freshet.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;

class InferExecutorTest {
    private static final String CLASSES =
            "{name: m, label: y, loss: sparse-categorical-cross-entropy, outputs: %d, features: {numeric: [a]}}";

    /** Would catch a million probabilities computed on the event loop for a body of 300 bytes. */
    @Test
    void only_small_requests_to_a_table_with_few_outputs_run_on_the_event_loop() {
        assertThat(small("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}", 16 << 10))
                .isTrue();
        assertThat(small("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}", (16 << 10) + 1))
                .isFalse();
        assertThat(small(CLASSES.formatted(16), 300)).isTrue();
        assertThat(small(CLASSES.formatted(17), 300)).isFalse();
        assertThat(small(
                        "{name: m, label: y, loss: mean-squared-error, model: {type: mlp}, features: {numeric: [a]}}",
                        300))
                .isFalse();
    }

    private static boolean small(String yaml, int bytes) {
        return InferExecutor.isSmall(ModelSpec.parse(yaml), bytes);
    }
}
