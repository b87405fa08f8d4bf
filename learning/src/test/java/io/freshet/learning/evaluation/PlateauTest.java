package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a patience that is off by one, and a best loss that rises. */
class PlateauTest {
    @Test
    void detects_every_patience_windows_without_improvement() {
        Plateau plateau = new Plateau(0.1, 3);
        assertThat(detections(plateau, 1.0, 0.8, 0.79, 0.73, 0.9, 0.8, 0.8, 0.8, 0.7, 5, 5, 5))
                .isEqualTo("....D..D...D");
    }

    @Test
    void a_better_window_restarts_the_count() {
        assertThat(detections(new Plateau(0.1, 3), 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5))
                .isEqualTo("......D");
    }

    @Test
    void the_threshold_is_relative_and_strict() {
        assertThat(detections(new Plateau(0.5, 1), 8, 4, 3, 3)).isEqualTo(".D.D");
        assertThat(detections(new Plateau(0, 1), 8, 8, Math.nextDown(8.0))).isEqualTo(".D.");
    }

    @Test
    void a_negative_loss_improves_downwards() {
        assertThat(detections(new Plateau(0.1, 1), -1, -1.05, -1.2, -1)).isEqualTo(".D.D");
    }

    @Test
    void a_loss_that_is_not_finite_is_not_better() {
        double inf = Double.POSITIVE_INFINITY;
        assertThat(detections(new Plateau(0.1, 2), Double.NaN, inf, 1, -inf, Double.NaN, 0.5))
                .isEqualTo(".D..D.");
    }

    @Test
    void waits_for_ten_windows_by_default() {
        assertThat(detections(new Plateau(), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.99995))
                .isEqualTo("..........D");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            1.0;  3; threshold: 1.0 (expected: in [0, 1))
            -0.1; 3; threshold: -0.1 (expected: in [0, 1))
            NaN;  3; threshold: NaN (expected: in [0, 1))
            0.1;  0; patience: 0 (expected: at least 1)
            """)
    void rejects_invalid_settings(double threshold, int patience, String message) {
        assertThatThrownBy(() -> new Plateau(threshold, patience)).hasMessage(message);
    }

    static String detections(Detector detector, double... values) {
        StringBuilder marks = new StringBuilder();
        for (double value : values) {
            marks.append(detector.update(value) ? 'D' : '.');
        }
        return marks.toString();
    }
}
