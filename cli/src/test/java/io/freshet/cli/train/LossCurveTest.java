package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LossCurveTest {
    @Test
    void each_full_window_is_a_point_and_a_partial_one_is_not() {
        List<TrainingReport.Window> windows =
                List.of(window(null, 0, 10, 4), window(null, 1, 10, 2), window(null, 2, 3, 9));
        LossCurve curve = LossCurve.of(windows, 10);
        assertThat(curve.samples()).containsExactly(10, 20);
        assertThat(curve.losses()).containsExactly(4, 2);
        assertThat(curve.width()).isEqualTo(10);
        assertThat(LossCurve.last(windows, 10)).isEqualTo(2);
    }

    /** Catches a curve of one point: a batch of 32 ends a window of 1,000 samples at 1,024. */
    @Test
    void a_window_that_a_batch_made_longer_is_a_full_one() {
        List<TrainingReport.Window> windows = List.of(
                window(null, 0, 1024, 4), window(null, 1, 1024, 2), window(null, 2, 1000, 1), window(null, 3, 999, 9));
        LossCurve curve = LossCurve.of(windows, 1000);
        assertThat(curve.samples()).containsExactly(1024, 2048, 3048);
        assertThat(curve.losses()).containsExactly(4, 2, 1);
        assertThat(curve.width()).isEqualTo(1000);
        assertThat(LossCurve.last(windows, 1000)).isEqualTo(1);
    }

    @Test
    void a_window_without_weight_still_moves_the_next_point() {
        List<TrainingReport.Window> windows = List.of(window(null, 0, 10, Scores.NONE), window(null, 1, 10, 2));
        assertThat(LossCurve.of(windows, 10).samples()).containsExactly(20);
    }

    @Test
    void a_partial_window_counts_if_it_is_the_only_one() {
        List<TrainingReport.Window> windows = List.of(window(null, 0, 7, 4));
        assertThat(LossCurve.of(windows, 10).samples()).containsExactly(7);
        assertThat(LossCurve.of(windows, 10).losses()).containsExactly(4);
        assertThat(LossCurve.last(windows, 10)).isEqualTo(4);
    }

    @Test
    void averages_the_windows_of_keys_by_their_samples() {
        List<TrainingReport.Window> windows =
                List.of(window("a", 0, 10, 4), window("a", 1, 10, 2), window("b", 0, 10, 8), window("c", 0, 5, 1));
        LossCurve curve = LossCurve.of(windows, 10);
        assertThat(curve.samples()).containsExactly(10, 20);
        assertThat(curve.losses()).containsExactly((40 + 80 + 5) / 25.0, 2);
        assertThat(LossCurve.last(windows, 10)).isEqualTo((20 + 80 + 5) / 25.0);
    }

    @Test
    void without_a_weighted_window_there_is_no_point_and_no_last_loss() {
        for (List<TrainingReport.Window> windows :
                List.of(List.<TrainingReport.Window>of(), List.of(window(null, 0, 10, Scores.NONE)))) {
            assertThat(LossCurve.of(windows, 10).losses()).isEmpty();
            assertThat(LossCurve.of(windows, 10).samples()).isEmpty();
            assertThat(LossCurve.last(windows, 10)).isNull();
        }
        assertThat(LossCurve.last(List.of(window(null, 0, 10, 3), window(null, 1, 10, Scores.NONE)), 10))
                .isEqualTo(3);
    }

    @Test
    void many_windows_become_fewer_points_up_to_the_last_window() {
        List<TrainingReport.Window> windows = new ArrayList<>();
        for (int i = 0; i < 1001; i++) {
            windows.add(window(null, i, 10, i));
        }
        LossCurve curve = LossCurve.of(windows, 10);
        assertThat(curve.samples()).hasSizeLessThanOrEqualTo(250).isSorted().endsWith(10_010);
        assertThat(curve.width()).isEqualTo(500);
        assertThat(curve.losses()).endsWith((951 + 1000) / 2.0).hasSameSizeAs(curve.samples());
        assertThat(curve.losses()[0]).as("the mean so far").isLessThan(5);
    }

    private static TrainingReport.Window window(@Nullable String key, long index, long samples, double loss) {
        Scores scores = new Scores(Map.of(Metric.LOSS, loss, Metric.BASELINE_LOSS, 0.0));
        return window(key, index, samples, scores);
    }

    private static TrainingReport.Window window(@Nullable String key, long index, long samples, Scores scores) {
        return new TrainingReport.Window(
                key, index, samples, scores, TrainingReport.Updates.NONE, new TrainingReport.Holdout(null, 0));
    }
}
