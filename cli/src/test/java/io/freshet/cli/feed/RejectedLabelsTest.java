package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a class that is silently lost, and rows without a label that are reported as one. */
class RejectedLabelsTest {
    private final RejectedLabels labels = new RejectedLabels(List.of("y"));

    @Test
    void a_value_that_is_always_rejected_is_reported_once() {
        add("y: 2.0 (expected: 0 or 1)", 51);
        add("y: 3.0 (expected: 0 or 1)", 9);
        add("x: 2.0 (expected: 0 or 1)", 51);
        assertThat(labels.always("y")).containsExactly("y: 2.0 in 51 rows, all rejected (expected: 0 or 1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "NA", "n/a", "?", "-", "null", "\"None\"", "\"\"", "NaN"})
    void a_missing_label_is_no_value(String value) {
        add("y: " + value + " (expected: a number)", 50);
        assertThat(labels.always("y")).hasSize(value.equals("n/a") ? 1 : 0);
    }

    private void add(String reason, int rows) {
        for (int i = 0; i < rows; i++) {
            labels.add(reason);
        }
    }
}
