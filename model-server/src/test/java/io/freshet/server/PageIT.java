package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.evaluation.Evaluation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page in a real browser. */
class PageIT {
    private static final String DRAWING = "return document.querySelector('canvas').toDataURL()";

    private final Tally tally = new Tally(Task.REGRESSION, 1);
    private RunningServer server;
    private Browser browser;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                Browser.missing() == null,
                () -> Browser.missing() + ": not found (expected: Debian's chromium and chromium-driver)");
        server = new RunningServer();
        browser = Browser.start();
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void the_curve_moves_as_the_model_learns() {
        learn(10, 0.5f);
        browser.open(origin() + "/");
        browser.awaitText("figure", "0.2500");
        Object drawn = browser.run(DRAWING);

        learn(10, 0.1f);

        browser.awaitText("figure", "0.1300");
        browser.awaitText("#models", "20");
        assertThat(browser.run(DRAWING)).isNotEqualTo(drawn);
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith(origin() + "/"));
        assertThat(browser.complaints()).isEmpty();
    }

    /** Evaluates a model after {@code samples} more, each predicted with the same error. */
    private void learn(int samples, float error) {
        for (int i = 0; i < samples; i++) {
            tally.add(
                    error * error,
                    1,
                    new PredictedSamples(1, new float[] {0}, new float[] {error}, new float[] {error}),
                    0,
                    0,
                    1);
        }
        long learned = tally.samples();
        server.evaluate(new Evaluation(
                Evaluation.Subject.of("fares", ""),
                new Evaluation.Counts(learned, learned, 0),
                new Evaluation.Window(0, false, 1, RunningServer.NOW + learned, null),
                tally,
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN));
    }

    private String origin() {
        return "http://127.0.0.1:" + server.port();
    }
}
