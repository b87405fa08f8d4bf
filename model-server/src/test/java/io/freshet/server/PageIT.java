package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.vertx.core.json.JsonArray;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The page of all models in a real browser. */
class PageIT extends PageInBrowser {
    private static final ModelSpec FARES = ModelSpec.parse(
            "{name: fares, label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error}");
    private static final String ROW =
            "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1]}]}";
    private static final String DRAWING = "return document.querySelector('canvas').toDataURL()";
    /** The size of a chart follows that of its legend. */
    private static final String FITS =
            "return document.querySelector('canvas').clientHeight === document.querySelector('.plot').clientHeight";

    private final Tally tally = Tally.of(Task.REGRESSION, 1);

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

    @Test
    void each_replica_has_a_line() {
        learn(10, 0.5f, List.of(0.125, Double.NaN));
        learn(10, 0.1f, List.of(0.375, 0.625));
        browser.open(origin() + "/");

        browser.awaitText("figure .legend button", "replica 0" + "0.3750");
        browser.awaitText("figure .legend button", "replica 1" + "0.6250");

        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void smoothing_is_the_moving_average_of_tensorboard() {
        browser.open(origin() + "/");

        Object smoothed = browser.run(
                "return import('/ui/smoothing.js').then(module => module.smooth([0, 9, 10, 20], [1, null, 3, 2], 0.5).join())");

        assertThat(smoothed).isEqualTo("1,,2.3333333333333335,2.142857142857143");
    }

    /** Would catch a line that goes back, because a page that reconnects receives what it had read of an event again. */
    @Test
    void points_that_are_received_again_are_left_out() {
        browser.open(origin() + "/");
        String twice = """
                return import('/ui/curve.js').then(({ Curve }) => {
                    const curve = new Curve(['at', 'samples']);
                    curve.add({ start: 1, points: [[5, 10], [6, 20], [6, 30]] });
                    curve.add({ start: 1, points: [[6, 20], [6, 30], [4, 40]] });
                    const served = new Curve(['at', 'version']);
                    served.add({ start: 1, points: [[5, 9], [6, 9]] });
                    served.add({ start: 1, points: [[6, 9], [7, 3]] });
                    served.add({ start: 2, points: [[1, 3]] });
                    return [curve.columns.samples.join(), served.columns.at.join()].join(' ');
                });
                """;

        assertThat(browser.run(twice)).isEqualTo("10,20,30,40 1");
        assertThat(browser.run(twice.replace("served.add({ start: 2, points: [[1, 3]] });", "")))
                .isEqualTo("10,20,30,40 5,6,7");
    }

    @Test
    void lines_can_be_hidden_and_zoomed_with_the_keyboard() {
        learn(10, 0.5f);
        learn(10, 0.1f);
        browser.open(origin() + "/");
        browser.awaitText("figure", "0.1300");

        browser.type(".legend button:nth-of-type(2)", " ");
        assertThat(browser.run("return document.querySelectorAll('.legend [aria-pressed=false]').length"))
                .isEqualTo(1);

        assertThat(browser.run("return document.getElementById('reset').hidden"))
                .isEqualTo(true);
        browser.type(".plot", "+");
        assertThat(browser.run("return document.getElementById('reset').hidden"))
                .isEqualTo(false);
        browser.type(".plot", "0");
        assertThat(browser.run("return document.getElementById('reset').hidden"))
                .isEqualTo(true);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void dragging_zooms_until_everything_is_shown_again() {
        learn(10, 0.5f);
        learn(10, 0.1f);
        browser.open(origin() + "/");
        browser.awaitText("figure", "0.1300");
        browser.awaitTrue(FITS);
        Object everything = browser.run(DRAWING);

        browser.drag(".plot", -100, 100);
        browser.awaitTrue("return !document.getElementById('reset').hidden");
        browser.awaitTrue(DRAWING + " !== arguments[0]", everything);

        browser.click("#reset");
        // Without the button, the chart has its size again, but not at once.
        browser.awaitTrue(DRAWING + " === arguments[0]", everything);
    }

    @Test
    void every_setting_of_the_axes_draws_in_light_and_dark_without_scrolling() {
        learn(10, 0.5f);
        learn(10, 0.1f);
        browser.open(origin() + "/");
        browser.awaitText("figure", "0.1300");
        Set<Object> drawings = new HashSet<>();

        for (String scheme : List.of("light", "dark")) {
            browser.emulate("prefers-color-scheme", scheme);
            for (String setting : List.of("[value=relative]", "[value=clock]", "[value=samples]", "#logarithmic")) {
                browser.click(setting);
                assertThat(drawings.add(browser.run(DRAWING)))
                        .as(scheme + " " + setting)
                        .isTrue();
            }
        }

        browser.awaitText("figcaption", "Loss");
        assertThat(browser.run("return document.documentElement.scrollHeight <= innerHeight"))
                .isEqualTo(true);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void every_chart_has_its_values() throws Exception {
        publish(10);
        learn(10, 0.5f);
        server.infer("fares", ROW);
        server.beat(new Heartbeat(0, now.get(), now.get(), List.of(), List.of(), 0L, false, -1));
        browser.open(origin() + "/");
        browser.awaitText("figure", "0.2500");

        publish(20);
        learn(10, 0.1f);
        server.infer("fares", ROW);

        browser.awaitText("#models", "20");
        browser.awaitTrue("return [...document.querySelectorAll('figure')].every(f => f.querySelector('button'))");
        assertThat(browser.run(
                        "return [...document.querySelectorAll('figcaption')].map(c => c.firstChild.textContent)"))
                .isEqualTo(new JsonArray(List.of(
                        "Loss",
                        "Quality: RMSE",
                        "Calibration",
                        "Age (s)",
                        "Latency (ms)",
                        "Per second",
                        "Records behind",
                        "Step size",
                        "Gradient norm")));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void shows_that_the_trainer_is_gone_when_its_heartbeats_stop() {
        learn(10, 0.5f);
        server.beat(new Heartbeat(0, now.get(), now.get(), List.of(), List.of(), 0L, false, -1));
        browser.open(origin() + "/");
        browser.awaitText("#models", "learning");

        now.addAndGet(60_000);

        browser.awaitText("#models", "trainer gone");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void of_more_models_than_it_shows_the_page_says_how_many_there_are() {
        for (int i = 0; i < 249; i++) {
            ModelSpec spec =
                    ModelSpec.parse("{name: a" + i + ", label: y, features: {numeric: [x]}, loss: mean-squared-error}");
            KeyedBytes record = new ModelSpecCodec().write(spec, 0);
            server.apply(record.key(), record.value());
        }
        learn(10, 0.5f);
        browser.open(origin() + "/");
        browser.awaitText("#summary", "200 of 250 models");
        assertThat(browser.complaints()).isEmpty();
    }

    /** A model can lose its evaluations before its parameters, whose topic may be committed later. */
    @Test
    void charts_are_drawn_for_a_model_without_evaluations() {
        publish(1);
        learn(10, 0.5f);
        learn(10, 0.1f);
        browser.open(origin() + "/");
        browser.awaitText("figure", "0.1300");
        Object before = browser.run("return document.querySelector('figure:nth-of-type(2) .legend').textContent");

        server.deleteEvaluations("fares", "");
        publish(77);

        browser.awaitText("#models .number", "77");
        assertThat(before).asString().contains("since start");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_notice_about_the_data_is_shown() {
        browser.open(origin() + "/");
        browser.awaitText("#state", "connected");
        assertThat(browser.run("return document.getElementById('notice').hidden"))
                .isEqualTo(true);

        server.notice("The file is sent again.");

        browser.awaitText("#notice", "The file is sent again.");
    }

    /** Would catch a page that still shows green figures of a server that is gone. */
    @Test
    void everything_turns_grey_without_a_connection_and_recovers() {
        learn(10, 0.5f);
        browser.open(origin() + "/");
        browser.awaitText("figure", "0.2500");
        int port = server.port();
        server.close();

        browser.awaitText("#state", "connection lost; figures are from ");
        browser.awaitText("#lost", " ago, reconnecting");
        assertThat(browser.run("return getComputedStyle(document.querySelector('main')).filter"))
                .isEqualTo("grayscale(1)");

        server = new RunningServer(
                OPTIONS.withAddress("127.0.0.1", port), () -> Instant.ofEpochMilli(now.getAndIncrement()));
        learn(10, 0.5f);

        browser.awaitText("#state", "connected");
        assertThat(browser.run("return getComputedStyle(document.querySelector('main')).filter"))
                .isEqualTo("none");
        browser.awaitText("#models [data-column=samples]", "20");
    }

    private void publish(long version) {
        server.publish(Published.records(FARES, "", version, 1, version));
    }

    /** Evaluates a model after {@code samples} more, each predicted with the same error. */
    private void learn(int samples, float error) {
        learn(samples, error, List.of());
    }

    private void learn(int samples, float error, List<Double> replicaLosses) {
        for (int i = 0; i < samples; i++) {
            tally.add(
                    error * error,
                    1,
                    new PredictedSamples(1, new float[] {1}, new float[] {1 + error}, new float[] {1 + error}),
                    0,
                    0,
                    1);
        }
        long learned = tally.samples();
        server.evaluate(new Evaluation(
                Evaluation.Subject.of("fares", ""),
                new Evaluation.Counts(learned, learned, 0),
                new Evaluation.Window(0, false, 1, now.get(), null, replicaLosses),
                tally,
                new Evaluation.Learning(new UpdateMetrics(learned, 0.1, 2, 0.2, 0, 0), null, 0, false, List.of(), null),
                new Evaluation.Progress(now.get(), 0L, false)));
    }
}
