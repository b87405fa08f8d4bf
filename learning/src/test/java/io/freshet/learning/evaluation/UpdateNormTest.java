package io.freshet.learning.evaluation;

import static io.freshet.learning.evaluation.PlateauTest.detections;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UpdateNormTest {
    @Test
    void detects_once_when_the_norm_is_above_factor_times_the_largest() {
        assertThat(detections(new UpdateNorm(10), 1, 2, 0.001, 20, 200.1, 1e9, 5, 200, 2001))
                .isEqualTo("....D...D");
    }

    @Test
    void windows_without_an_update_and_the_first_with_one_are_no_alarm() {
        assertThat(detections(new UpdateNorm(10), 0, 0, 1e9, 1e10, 1.1e11)).isEqualTo("....D");
    }

    @Test
    void a_norm_that_is_not_finite_explodes() {
        assertThat(detections(new UpdateNorm(10), 1, Double.NaN, Double.POSITIVE_INFINITY, 1, Double.POSITIVE_INFINITY))
                .isEqualTo(".D..D");
    }

    @Test
    void rejects_an_invalid_factor() {
        assertThatThrownBy(() -> new UpdateNorm(1)).hasMessage("factor: 1.0 (expected: finite and > 1)");
    }
}
