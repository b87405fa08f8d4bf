package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.facts.Evaluation;
import io.vertx.core.json.JsonArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The charts of the page of all models in a real browser. */
class PageChartsIT extends PageInBrowser {
    private static final String TOOLTIPS =
            "[...document.querySelectorAll('.tooltip:not([hidden])')].map(tooltip => tooltip.textContent)";

    @Test
    void the_pointer_names_lines_and_values_in_all_charts_with_the_same_axis() {
        learn("fares", Task.REGRESSION, 0.5f, 0.1f, 0.1f);
        browser.open(origin() + "/");
        browser.awaitText("figcaption", "since start");

        browser.hover(".plot", 100);

        // Loss, quality, step size, and gradient norm; calibration has no values, and serving another axis.
        browser.awaitTrue("return " + TOOLTIPS + ".length >= 4");
        assertThat(browser.run("return " + TOOLTIPS))
                .asString()
                .contains(
                        "after ",
                        " samples",
                        "since start",
                        "baseline",
                        "gradient norm2",
                        "learning rate, or amplitude0.1");
        browser.hover("h1", 0);
        browser.awaitTrue("return " + TOOLTIPS + ".length === 0");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void arrow_keys_read_the_values_aloud() {
        learn("fares", Task.REGRESSION, 0.5f, 0.1f, 0.1f);
        browser.open(origin() + "/");
        browser.awaitText("figcaption", "since start");

        browser.type(".plot", "\uE012");
        browser.awaitText("figure [role=status]", "after 30 samples: since start 0.0900");
        browser.type(".plot", "\uE012");

        browser.awaitText("figure [role=status]", "after 20 samples: since start 0.1300");
        browser.awaitTrue("return " + TOOLTIPS + ".length >= 4");
        browser.type(".plot", "\uE00C");
        browser.awaitTrue("return " + TOOLTIPS + ".length === 0");
        assertThat(browser.run("return document.getElementById('reset').hidden"))
                .isEqualTo(true);
    }

    @Test
    void the_legend_of_several_models_names_each_and_the_quality_its_metric() {
        learn("fares", Task.REGRESSION, 0.5f, 0.1f);
        learn("clicks", Task.BINARY, 0.5f, 0.1f);
        browser.open(origin() + "/");

        browser.awaitText("figure:nth-of-type(1) .legend button", "fares0.1300");
        browser.awaitText("figure:nth-of-type(1) .legend button", "clicks0.1300");
        browser.awaitText("figure:nth-of-type(2) .legend button", "fares RMSE");
        browser.awaitText("figure:nth-of-type(2) .legend button", "clicks AUC");
        browser.click("#draw-clicks");
        browser.awaitText("figure:nth-of-type(2) .title", "Quality: RMSE");
        browser.awaitText("figure:nth-of-type(1) .legend button", "since start0.1300");
    }

    @Test
    void an_empty_chart_says_why() {
        learn("fares", Task.REGRESSION, 0.5f);
        browser.open(origin() + "/");
        browser.awaitText("figure .nothing", "no requests yet");

        browser.click("#draw-fares");

        browser.awaitText("figure .nothing", "no model is checked");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void smoothing_is_on_at_first() {
        browser.open(origin() + "/");

        assertThat(browser.run("return document.getElementById('smoothing').value"))
                .isEqualTo("0.9");
    }

    @Test
    void a_line_has_no_value_before_it_begins() {
        browser.open(origin() + "/");
        String values = """
                return import('/ui/line.js').then(({ valueAt }) => {
                    const line = { x: [10, 20], y: [1, 2] };
                    return [5, 10, 15, 25, null].map(position => valueAt(line, position, false));
                });
                """;

        assertThat(browser.run(values)).isEqualTo(JsonArray.of(null, 1, 1, 2, 2));
    }

    /** Would catch a line that was hidden under an entry which a chart of several models does not have. */
    @Test
    void a_line_without_an_entry_in_the_legend_is_shown() {
        browser.open(origin() + "/");
        String shown = """
                return import('/ui/legend.js').then(({ Legend }) => {
                    const line = (model, label) => ({ model, label, main: label === 'total', color: 'black' });
                    const lines = count => [...Array(count).keys()].flatMap(i => [line(`m${i}`, 'total'), line(`m${i}`, 'window')]);
                    const legend = new Legend(false, () => {});
                    const shown = count => {
                        legend.take(lines(count), false);
                        legend.update(() => '');
                        return legend.lines.filter(each => legend.shows(each)).map(each => `${each.model} ${each.label}`).join(', ');
                    };
                    const click = () => legend.element.children[0].click();
                    shown(1);
                    click();
                    const all = [shown(1), shown(2)];
                    click();
                    return [...all, shown(2), shown(5).split(', ').length, shown(2)];
                });
                """;

        assertThat(browser.run(shown))
                .isEqualTo(JsonArray.of(
                        "m0 window",
                        "m0 total, m0 window, m1 total, m1 window",
                        "m1 total, m1 window",
                        10,
                        "m1 total, m1 window"));
    }

    /** Would catch a dead connection that is noticed late, or never, after one that was lost. */
    @Test
    void a_connection_is_watched_while_it_opens_and_as_closely_after_an_outage() {
        browser.open(origin() + "/");
        String delays = """
                return import('/ui/stream.js').then(({ listen }) => {
                    const real = { EventSource, setTimeout, clearTimeout };
                    const timers = new Map();
                    const delays = [];
                    let source;
                    let time = 0;
                    let started = 0;
                    class Source {
                        static CLOSED = 2;
                        handlers = {};
                        constructor() { source = this; }
                        addEventListener(name, handler) { this.handlers[name] = handler; }
                        close() {}
                    }
                    Object.assign(window, {
                        EventSource: Source,
                        setTimeout: (action, delay) => { timers.set(++started, delay); return started; },
                        clearTimeout: id => timers.delete(id),
                    });
                    performance.now = () => time;
                    listen(() => {}, () => {});
                    for (const [name, at, readyState] of [['open', 100, 1], ['tick', 1100, 1], ['tick', 8100, 1],
                            ['error', 9000, 0], ['open', 90000, 1], ['tick', 91000, 1], ['error', 92000, 2]]) {
                        time = at;
                        source.readyState = readyState;
                        source.handlers[name]({ data: '{}' });
                        delays.push([...timers.values()].join());
                    }
                    Object.assign(window, real);
                    delete performance.now;
                    return delays.join(' ');
                });
                """;

        assertThat(browser.run(delays)).isEqualTo("15000 15000 21000 21000 15000 15000 3000");
    }

    @Test
    void small_rates_have_a_decimal_and_do_not_look_like_none() {
        browser.open(origin() + "/");

        assertThat(browser.run("return import('/ui/format.js').then(({ perSecond }) =>"
                        + " [null, 0, 0.04, 0.1, 0.4, 3, 9.96, 66012.4].map(perSecond).join(' '))"))
                .isEqualTo("– 0/s <0.1/s 0.1/s 0.4/s 3/s 10/s 66,012/s");
    }

    /** Would catch swap marks that become a grey band. */
    @Test
    void marks_that_would_touch_are_thinned_to_ticks() {
        browser.open(origin() + "/");
        String thin = "return import('/ui/marks.js').then(({ thin }) => JSON.stringify(thin(arguments[0])))";

        assertThat(browser.run(thin, new JsonArray(List.of(0, 16, 40))))
                .isEqualTo("{\"positions\":[0,16,40],\"ticks\":false}");
        assertThat(browser.run(thin, new JsonArray(List.of(0, 1, 2, 15, 16, 17, 31, 33))))
                .isEqualTo("{\"positions\":[0,16,33],\"ticks\":true}");
    }

    /** Would catch a diverged line that flattens the others, and a curve that is cut without reason. */
    @Test
    void the_axis_leaves_out_what_is_implausible() {
        browser.open(origin() + "/");
        String range = """
                return import('/ui/range.js').then(({ plausible }) => {
                    const all = values => ({ values, trend: values });
                    const line = value => all(Array.from({ length: 200 }, (_, i) => value(i)));
                    const flat = line(i => 0.2 + 0.01 * Math.sin(i));
                    const [, diverged] = plausible([flat, line(i => i < 120 ? 0.3 : 0.3 * 10 ** ((i - 120) / 8))]);
                    const [, early] = plausible([line(i => i < 20 ? 0.3 : 0.3e9)]);
                    const [, spike] = plausible([line(i => i === 150 ? 1e6 : 1 + i % 2)]);
                    const [, falling] = plausible([line(i => 100 * Math.exp(-i / 30))]);
                    const [, noise] = plausible([line(i => 1 + i % 7)]);
                    return [diverged < 2, early < 2, spike < 20, falling > 100, noise >= 7,
                        plausible([all([null, null])]) === null, plausible([all([null, 3, Infinity])])[1] >= 3];
                });
                """;

        assertThat(browser.run(range)).isEqualTo(new JsonArray(List.of(true, true, true, true, true, true, true)));
    }

    /** Would catch a model that diverged from its first sample on, and flattens the lines of the others. */
    @Test
    void a_model_that_exploded_is_named_in_words_and_does_not_flatten_the_others() {
        learn("fares", Task.REGRESSION, 0.5f, 0.4f, 0.3f);
        learn("exploded", Task.REGRESSION, 40, 40, 40);
        browser.open(origin() + "/");

        browser.awaitText("figure:nth-of-type(1) .beyond", "exploded: 1,600, beyond the chart");
        browser.awaitText("figure:nth-of-type(2) .beyond", "exploded: 40, beyond the chart");
        browser.run("document.getElementById('logarithmic').click()");
        browser.awaitTrue("return document.querySelector('.beyond').textContent === ''");
        browser.run("document.getElementById('logarithmic').click()");
        browser.click("#draw-fares");
        browser.awaitTrue("return document.querySelector('.beyond').textContent === ''");
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would catch a line of one window, which connects no points and is invisible. */
    @Test
    void a_single_window_is_a_dot() {
        browser.open(origin() + "/");
        String colored = """
                return import('/ui/chart.js').then(({ Chart }) => {
                    const parent = document.getElementById('charts');
                    const colored = (across, x, y) => {
                        parent.replaceChildren();
                        const chart = new Chart(parent, { title: 'one' }, () => {});
                        chart.draw([{ key: 'a', label: 'a', color: '#ff0000', noisy: true, x, y }],
                            { across, logarithmic: false, smoothing: 0, range: null }, []);
                        return new Promise(done => requestAnimationFrame(() => {
                            const { ctx, bbox: { left, top, width, height } } = chart.plot;
                            const { data } = ctx.getImageData(left, top, width, height);
                            const drawn = [...Array(data.length / 4).keys()]
                                .filter(i => data[4 * i] > 200 && data[4 * i + 1] < 50 && data[4 * i + 3] > 200).map(i => i % width);
                            done(drawn.length > 3 && drawn.length < 200 && Math.max(...drawn) - Math.min(...drawn) < 20);
                        }));
                    };
                    return [['samples', [1000], [0.5]], ['relative', [0], [0]], ['clock', [1.7e9], [0.5]],
                        ['samples', [10, 20, 30], [null, 3, null]]]
                        .reduce((before, each) => before.then(async all => [...all, await colored(...each)]), Promise.resolve([]));
                });
                """;

        assertThat(browser.run(colored)).isEqualTo(JsonArray.of(true, true, true, true));
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would catch a time that is cut where the axis ends. */
    @Test
    void labels_at_the_ends_of_an_axis_are_not_cut() {
        browser.open(origin() + "/");
        String cut = """
                return import('/ui/chart.js').then(({ Chart }) => {
                    const parent = document.getElementById('charts');
                    const texts = [];
                    const original = CanvasRenderingContext2D.prototype.fillText;
                    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
                        const half = this.measureText(text).width / 2;
                        if (this.textAlign === 'center') texts.push([text, x - half >= 0 && x + half <= this.canvas.width]);
                        original.call(this, text, x, y);
                    };
                    for (const [across, from, to] of [['clock', 1.7e9 + 40, 1.7e9 + 100], ['relative', 0, 36000], ['samples', 0, 1e6]]) {
                        const chart = new Chart(parent, { title: 'labels' }, () => {});
                        chart.draw([{ key: 'a', label: 'a', color: '#ff0000', x: [from, to], y: [1, 2] }],
                            { across, logarithmic: false, smoothing: 0, range: null }, []);
                    }
                    return new Promise(done => requestAnimationFrame(() => {
                        CanvasRenderingContext2D.prototype.fillText = original;
                        done([texts.length > 6, ...texts.filter(([, fits]) => !fits).map(([text]) => text)]);
                    }));
                });
                """;

        assertThat(browser.run(cut)).isEqualTo(JsonArray.of(true));
    }

    /**
     * Would catch a right end that looks noisier: the server sends the newest points one by one, and older ones for a longer time
     * each.
     */
    @Test
    void a_line_is_equally_smooth_where_its_points_are_dense() {
        browser.open(origin() + "/");
        String spread = """
                return import('/ui/smoothing.js').then(({ smooth }) => {
                    const x = [...Array.from({ length: 800 }, (_, i) => 9 * i), ...Array.from({ length: 200 }, (_, i) => 7200 + i)];
                    const values = smooth(x, x.map((_, i) => i % 20 < 10 ? 0 : 1), 0.9);
                    const spread = part => Math.max(...part) - Math.min(...part);
                    return spread(values.slice(900)) < 0.5 * spread(values.slice(400, 500));
                });
                """;

        assertThat(browser.run(spread)).isEqualTo(true);
    }

    /** Evaluates a model after each ten samples, which are predicted with the same error. */
    private void learn(String name, Task task, float... errors) {
        Tally tally = Tally.of(task, 1);
        for (float error : errors) {
            for (int i = 0; i < 10; i++) {
                float[] label = {i % 2};
                float[] output = {i % 2 + error};
                tally.add(error * error, 1, new PredictedSamples(1, label, output, output), 0, 0, 1);
            }
            server.evaluate(new Evaluation(
                    Evaluation.Subject.of(name, ""),
                    new Evaluation.Counts(tally.samples(), tally.samples(), 0),
                    new Evaluation.Window(0, false, 1, now.get(), tally.metrics()),
                    tally,
                    new Evaluation.Learning(
                            new UpdateMetrics(tally.samples(), 0.1, 2, 0.2, 0, 0), null, 0, false, List.of(), null),
                    new Evaluation.Progress(now.get(), 0L, false)));
        }
    }
}
