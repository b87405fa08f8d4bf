package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.facts.Evaluation;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The metrics of a task, in the table of models and in their curves. */
@Timeout(60)
class PageMetricsIT {
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_mask_model_has_iou_and_no_baseline() throws Exception {
        Tally total = Tally.of(Task.MASK, 2);
        for (int i = 0; i < 10; i++) {
            total.add(
                    0.5,
                    1,
                    new PredictedSamples(2, new float[] {1, 0}, new float[] {1, 1}, new float[] {0.7f, 0.7f}),
                    0,
                    0,
                    2);
        }
        server.evaluate(Evaluated.of("masks", "", total, 10, Evaluation.Progress.UNKNOWN));

        PageStream.Tick tick = PageStream.readUntil(server, null, "masks", 10);

        JsonObject row = tick.data().getJsonArray("models").getJsonObject(0);
        assertThat(row.getMap())
                .containsEntry("iou", 0.5)
                .containsEntry("baselineLoss", null)
                .containsEntry("mae", null);
        JsonObject curve = tick.data().getJsonObject("learned").getJsonObject("masks");
        assertThat(curve.getJsonArray("points").getJsonArray(0).getList())
                .containsExactly(10, 10.0, null, 0.5, null, null, 0.5, null, null, null, null);
    }

    @Test
    void a_regression_model_has_mae_and_r2() throws Exception {
        Tally total = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < 10; i++) {
            total.add(
                    1,
                    1,
                    new PredictedSamples(1, new float[] {i % 2}, new float[] {0.5f}, new float[] {0.5f}),
                    0,
                    0,
                    1);
        }
        server.evaluate(Evaluated.of("numbers", "", total, 10, Evaluation.Progress.UNKNOWN));

        JsonObject row = PageStream.readUntil(server, null, "numbers", 10)
                .data()
                .getJsonArray("models")
                .getJsonObject(0);

        assertThat(row.getDouble("mae")).isEqualTo(0.5);
        assertThat(row.getDouble("r2")).isZero();
        assertThat(row.getValue("iou")).isNull();
    }
}
