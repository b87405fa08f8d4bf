package io.freshet.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CurvesTest {
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final Curves curves = new Curves(evaluations);

    /** Would catch event loops that block, with all their requests, while a tick sums the keys of all models. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void points_can_be_read_during_a_tick() throws Exception {
        evaluate("a");
        evaluate("b");
        Thread tick = new Thread(() -> curves.tick(1));
        synchronized (evaluations) {
            tick.start();
            await().until(() -> tick.getState() == Thread.State.BLOCKED);

            assertThat(curves.since(-1).points()).isEmpty();
        }
        tick.join();
        assertThat(curves.since(-1).points().get("shops")).hasSize(1);
    }

    @Test
    void a_removed_model_has_no_curve() {
        evaluate("a");
        evaluate("b");
        curves.tick(1);
        evaluations.remove("shops", "a");
        evaluations.remove("shops", "b");
        curves.remove("shops");

        curves.tick(2);

        assertThat(curves.since(-1).points()).isEmpty();
    }

    private void evaluate(String key) {
        Tally total = new Tally(Task.REGRESSION, 1);
        total.add(1, 1, new PredictedSamples(1, new float[] {0}, new float[] {0.5f}, new float[] {0.5f}), 0, 0, 1);
        evaluations.add(new Evaluation(
                Evaluation.Subject.of("shops", key),
                new Evaluation.Counts(1, 1, 0),
                new Evaluation.Window(0, false, 1, 1, null),
                total,
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN));
    }
}
