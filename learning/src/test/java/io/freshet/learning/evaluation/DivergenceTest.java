package io.freshet.learning.evaluation;

import static io.freshet.learning.evaluation.PlateauTest.detections;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch an alarm at every window of one divergence, and a best loss taken from it. */
class DivergenceTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    @Test
    void detects_once_when_the_loss_is_above_factor_times_the_best() {
        assertThat(detections(new Divergence(10, 1e-3), 5, 1, 2, 10, 10.1, 11, 200, 3, 11))
                .isEqualTo("....D...D");
    }

    @Test
    void a_loss_that_is_not_finite_diverges_even_in_the_first_window() {
        assertThat(detections(new Divergence(10, 1e-3), Double.NaN, INF, 1, -INF, 1, INF))
                .isEqualTo("D..D.D");
    }

    @Test
    void the_floor_is_the_lower_bound_of_the_best() {
        assertThat(detections(new Divergence(10, 1e-3), 0, 0.01, 0.011)).isEqualTo("..D");
        assertThat(detections(new Divergence(10, 1e-3), -50, -1, 0.01, 0.011)).isEqualTo("...D");
    }

    /** A loss far above the best diverges; above every earlier loss, including that of the untrained model, it explodes. */
    @Test
    void a_divergence_that_explodes_later_is_detected_twice() {
        Divergence divergence = new Divergence(10, 1e-3);
        assertThat(detections(divergence, 100, 1, 20, 30, 99)).isEqualTo("..D..");
        assertThat(divergence.isExploded()).isFalse();
        assertThat(divergence.explodes(100)).isFalse();
        assertThat(divergence.explodes(101)).isTrue();
        assertThat(detections(divergence, 101, 100)).isEqualTo("D.");
        assertThat(divergence.isExploded()).isFalse();
        assertThat(detections(divergence, 5, INF)).isEqualTo(".D");
        assertThat(divergence.isExploded()).isTrue();
    }

    @Test
    void the_first_loss_may_have_any_magnitude() {
        assertThat(detections(new Divergence(), 1e300, 1e300, 9e300)).isEqualTo("...");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            1.0;      1; factor: 1.0 (expected: finite and > 1)
            Infinity; 1; factor: Infinity (expected: finite and > 1)
            NaN;      1; factor: NaN (expected: finite and > 1)
            2;        0; floor: 0.0 (expected: finite and > 0)
            2; Infinity; floor: Infinity (expected: finite and > 0)
            """)
    void rejects_invalid_settings(double factor, double floor, String message) {
        assertThatThrownBy(() -> new Divergence(factor, floor)).hasMessage(message);
    }
}
