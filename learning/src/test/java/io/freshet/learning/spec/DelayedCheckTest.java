package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.spec.stream.Delayed;
import io.freshet.learning.yaml.SpecException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Catches methods for late labels that a model cannot have, and shares of late labels that are none. */
class DelayedCheckTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mean-squared-error   | {type: weighted}   | within: 1h | weighted (expected: retract or wait, since it needs loss binary-cross-entropy)",
                "hinge                | {type: calibrated} | within: 1h | calibrated (expected: wait, since it needs loss binary-cross-entropy)",
                "binary-cross-entropy | weighted           | 'within: 1h, after: 1h' | weighted (expected: retract or wait, since it needs an after below within, or no positive is late)",
                "binary-cross-entropy | calibrated         | 'within: 1h, missing: drop' | calibrated (expected: retract or wait, since it needs missing: negative, the label of a late positive until it arrives)",
                "binary-cross-entropy | weighted           | 'within: 1h, missing: {label: 0.5}' | weighted (expected: retract or wait, since it needs missing: negative, the label of a late positive until it arrives)",
            })
    void refuses_methods_that_a_model_cannot_have(String loss, String delayed, String join, String expected) {
        assertThatThrownBy(() -> spec(loss, delayed, join))
                .isInstanceOf(SpecException.class)
                .hasMessage("join.delayed: " + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1.5", "-0.1"})
    void refuses_a_share_that_is_none(String late) {
        assertThatThrownBy(() ->
                        spec("binary-cross-entropy", "{type: weighted, late: " + late + "}", "within: 1h, after: 10m"))
                .hasMessage("join.delayed.late: " + late + " (expected: in (0, 1])");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"weighted | 1", "{type: weighted, late: 0.3} | 0.3"})
    void reads_and_writes_the_share_of_late_positives(String delayed, double late) {
        ModelSpec spec = spec("binary-cross-entropy", delayed, "within: 1h, after: 10m");

        assertThat(spec.join().delayed()).isEqualTo(new Delayed.Weighted(late));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    private static ModelSpec spec(String loss, String delayed, String join) {
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: " + loss + ", join: {" + join
                + ", delayed: " + delayed + "}}");
    }
}
