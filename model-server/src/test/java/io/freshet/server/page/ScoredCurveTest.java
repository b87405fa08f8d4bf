package io.freshet.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.server.Reported;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScoredCurveTest {
    private final Curves curves = new Curves(new LatestEvaluations(), () -> 0);

    @Test
    void the_losses_of_a_window_are_those_of_its_last_report() {
        add(report().scored(100, 0.5, 0.25).at(1_000));
        add(report().window(0).scored(200, 0.4, 0.2).at(2_000));
        add(report().scored(300, 0.3, null).at(3_000));

        assertThat(points()).extracting(Point::at).containsExactly(1_000L, 2_000L, 3_000L);
        assertThat(points())
                .extracting(Point::values)
                .containsExactly(
                        new double[] {100, Double.NaN, Double.NaN, 0.5, 0.25},
                        new double[] {200, 0.4, 0.2, 0.4, 0.2},
                        new double[] {300, Double.NaN, Double.NaN, 0.3, Double.NaN});
    }

    /** Would catch a curve that goes back, or grows while nothing happens. */
    @Test
    void answers_that_are_scored_again_after_a_failure_add_no_points() {
        add(report().window(4).scored(500, 0.5, 0.5).at(1_000));
        add(report().window(5).scored(600, 0.5, 0.5).at(2_000));
        add(report().window(5).scored(600, 0.5, 0.5).at(3_000));
        add(report().window(4).scored(500, 0.5, 0.5).at(4_000));
        add(report().window(6).scored(700, 0.5, 0.5).at(5_000));

        assertThat(points()).extracting(Point::at).containsExactly(1_000L, 2_000L, 5_000L);
    }

    @Test
    void scores_that_start_again_start_a_new_curve() {
        add(report().window(4).scored(500, 0.5, 0.5).at(1_000));
        long start = start();
        add(report().window(0).scored(100, 0.5, 0.5).at(2_000));

        assertThat(points()).extracting(Point::at).containsExactly(2_000L);
        assertThat(start()).isGreaterThan(start);
    }

    /** Would catch a curve that stops until the new join has scored as many answers as the one before. */
    @Test
    void a_join_that_starts_from_nothing_starts_a_new_curve_also_in_the_first_window() {
        add(report().scored(500, 0.5, 0.5).at(1_000));
        add(report().scored(100, 0.4, 0.5).at(2_000));
        assertThat(points()).extracting(Point::at).containsExactly(2_000L);

        add(report().window(0).scored(1_000, 0.5, 0.5).at(3_000));
        add(report().scored(1_200, 0.5, 0.5).at(4_000));
        add(report().at(5_000));
        add(report().scored(10, 0.5, 0.5).at(6_000));
        assertThat(points()).extracting(Point::at).containsExactly(6_000L);
    }

    @Test
    void a_report_without_final_labels_is_no_point() {
        add(report().at(1_000));
        assertThat(curves.next(curves.since(-1), null).scored()).isEmpty();
    }

    @Test
    void a_model_that_is_gone_has_no_curve() {
        add(report().scored(100, 0.5, 0.25).at(1_000));
        curves.removeScored("clicks");
        assertThat(curves.next(curves.since(-1), null).scored()).isEmpty();
    }

    /** Would catch curves that grow with the models of the past, and a model that gets none because of them. */
    @Test
    void the_curves_of_unknown_models_make_room_for_others() {
        for (int i = 0; i < Curves.MAXIMUM_MODELS; i++) {
            add(new Reported("m" + i).scored(1, 1, null).at(i));
        }
        add(new Reported("late").scored(1, 1, null).at(1_000));
        assertThat(curves.next(curves.since(-1), null).scored())
                .hasSize(Curves.MAXIMUM_MODELS)
                .doesNotContainKey("late");

        curves.retainServed(Set.of("m0", "late"));
        add(new Reported("late").scored(2, 1, null).at(2_000));
        assertThat(curves.next(curves.since(-1), null).scored()).containsOnlyKeys("m0", "late");
    }

    private void add(JoinReport report) {
        curves.add(report);
    }

    private List<Point> points() {
        return curves.next(curves.since(-1), null).scored().get("clicks").points();
    }

    private long start() {
        return curves.next(curves.since(-1), null).scored().get("clicks").start();
    }

    private static Reported report() {
        return new Reported("clicks");
    }
}
