package io.freshet.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.LatestEvaluations;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CurvesTest {
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final Curves curves = new Curves(evaluations, () -> 0);

    /** Would catch event loops that block, with all their requests, while a tick sums the keys of all models. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void points_can_be_read_during_a_tick() throws Exception {
        evaluate("a");
        evaluate("b");
        Thread tick = new Thread(() -> curves.tick());
        synchronized (evaluations) {
            tick.start();
            await().until(() -> tick.getState() == Thread.State.BLOCKED);

            assertThat(curves.next(curves.since(-1), null)
                            .learned()
                            .get("shops")
                            .points())
                    .hasSize(1);
        }
        tick.join();
        assertThat(curves.next(curves.since(-1), null).learned().get("shops").points())
                .hasSize(2);
    }

    @Test
    void a_removed_model_has_no_curve() {
        evaluate("a");
        evaluate("b");
        curves.tick();
        evaluations.remove("shops", "a");
        evaluations.remove("shops", "b");
        curves.remove("shops");

        curves.tick();

        assertThat(curves.next(curves.since(-1), null).learned()).isEmpty();
    }

    /** Would catch curves of keyed models that start again with each server. */
    @Test
    void a_topic_that_is_read_again_gives_a_keyed_model_its_curve() {
        for (int second = 1; second <= 3; second++) {
            evaluate("a", 1, second * 1_000);
            evaluate("b", second, second * 1_000 + 500);
        }

        List<Point> points =
                curves.next(curves.since(-1), null).learned().get("shops").points();

        assertThat(points).extracting(Point::at).containsExactly(1_000L, 2_500L, 3_500L);
        assertThat(points).extracting(point -> point.values()[0]).containsExactly(1.0, 3.0, 4.0);
    }

    private void evaluate(String key) {
        evaluate(key, 1, 1);
    }

    private void evaluate(String key, int samples, long at) {
        Tally total = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < samples; i++) {
            total.add(1, 1, new PredictedSamples(1, new float[] {0}, new float[] {0.5f}, new float[] {0.5f}), 0, 0, 1);
        }
        Evaluation evaluation = new Evaluation(
                Evaluation.Subject.of("shops", key),
                new Evaluation.Counts(samples, samples, 0),
                new Evaluation.Window(0, false, 1, at, null),
                total,
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN);
        if (evaluations.add(evaluation)) {
            curves.add(evaluation);
        }
    }
}
