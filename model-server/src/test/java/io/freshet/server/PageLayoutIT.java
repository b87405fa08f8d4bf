package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import io.vertx.core.json.JsonArray;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The layout of the page of all models, from a phone to a large screen. Would catch a table that makes the page scroll
 * sideways, boxes that cover each other, and values without a name.
 */
class PageLayoutIT extends PageInBrowser {
    /** Models of which the server keeps curves. */
    private static final int MOST = 200;

    /** Returns the tooltips that leave their chart sideways or the window. */
    private static final String TOOLTIPS = """
            return [...document.querySelectorAll('.tooltip:not([hidden])')].filter(tooltip => {
                const [inner, outer] = [tooltip.getBoundingClientRect(), tooltip.parentElement.getBoundingClientRect()];
                return inner.left < outer.left || inner.right > outer.right || inner.right > innerWidth;
            }).map(tooltip => tooltip.textContent);
            """;

    /** Returns what is wrong with the layout, as sentences. */
    private static final String PROBLEMS = """
            const wrong = [];
            const visible = e => e.getClientRects().length > 0;
            const name = e => e.id || e.className || e.tagName.toLowerCase();
            const root = document.documentElement;
            if (root.scrollWidth > root.clientWidth) wrong.push(`the page is ${root.scrollWidth} wide`);
            const boxes = [...document.querySelectorAll('header, main > *:not(#charts), #charts > figure')].filter(visible);
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
                const [x, y] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
                if (Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
                        && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1) {
                    wrong.push(`${name(a)} and ${name(b)} overlap`);
                }
            }));
            const inside = (part, box, scrolls = false) => {
                const [x, y] = [part.getBoundingClientRect(), box.getBoundingClientRect()];
                if (x.left < y.left - 1 || x.right > y.right + 1 || !scrolls && (x.top < y.top - 1 || x.bottom > y.bottom + 1)) {
                    wrong.push(`${name(part)} "${part.textContent}" leaves ${name(box)}`);
                }
            };
            document.querySelectorAll('figure').forEach(figure => {
                const caption = figure.querySelector('figcaption');
                [caption, ...figure.querySelectorAll('.beyond, .plot')].filter(visible).forEach(part => inside(part, figure));
                const scrolls = caption.scrollHeight > caption.clientHeight;
                figure.querySelectorAll('.legend button').forEach(part => inside(part, caption, scrolls));
                inside(figure.querySelector('.plot'), figure);
                if (figure.querySelector('.plot').clientHeight < 60) wrong.push('a flat plot');
            });
            document.querySelectorAll('.legend button').forEach(button => {
                const label = button.querySelector('span');
                const { width, height } = label.getBoundingClientRect();
                const clipped = getComputedStyle(label).clipPath !== 'none';
                if (!label.textContent.trim() || clipped || width < 5 || height < 5) {
                    wrong.push(`"${button.textContent}" of "${button.closest('figcaption').textContent}" has no name`);
                }
            });
            const region = document.querySelector('.scroll');
            if (region.scrollWidth > region.clientWidth) wrong.push(`the table is ${region.scrollWidth} wide`);
            document.querySelectorAll('#models [data-column=loss], #models [data-column=state]').forEach(cell => {
                const { left, right, width } = cell.getBoundingClientRect();
                if (width < 5 || left < 0 || right > innerWidth) wrong.push('a loss or state is hidden');
            });
            return wrong;
            """;

    @ParameterizedTest
    @CsvSource({
        "400, 1",
        "400, 4",
        "400, 40",
        "900, 1",
        "900, 4",
        "900, 40",
        "1400, 1",
        "1400, 4",
        "1400, 40",
        "1920, 1",
        "1920, 4",
        "1920, 40"
    })
    void nothing_overlaps_scrolls_sideways_or_lacks_a_name(int width, int models) throws Exception {
        browser.resize(width, 900);
        server.beat(new Heartbeat(0, now.get(), now.get(), List.of(), List.of(), 0L, false, -1));
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < models; i++) {
                model(name(i), i, round);
            }
        }
        browser.open(origin() + "/");
        browser.awaitTrue("return document.querySelectorAll('[id^=model-]').length === arguments[0]", models);
        browser.awaitText("figcaption", "since start");

        assertThat(browser.run(PROBLEMS)).isEqualTo(new JsonArray());
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would catch a name without a place to break, and a page that freezes when the curves of all models are drawn. */
    @ParameterizedTest
    @ValueSource(ints = {400, 1400})
    void the_most_models_with_long_names_fit_when_all_are_drawn(int width) throws Exception {
        browser.resize(width, 900);
        server.beat(new Heartbeat(0, now.get(), now.get(), List.of(), List.of(), 0L, false, -1));
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < MOST; i++) {
                model("estimated_time_of_arrival_by_carrier_and_destination_and_hour_" + i, i, round);
            }
        }
        browser.open(origin() + "/");
        browser.awaitTrue("return document.querySelectorAll('[id^=model-]').length === arguments[0]", MOST);
        browser.awaitText("figcaption", "since start");
        browser.run("document.querySelectorAll('[id^=draw-]:not(:checked)').forEach(box => box.click())");
        browser.awaitTrue(
                "return document.querySelectorAll('figure:first-child .legend button').length >= arguments[0]", MOST);

        assertThat(browser.run(PROBLEMS)).isEqualTo(new JsonArray());
        browser.hover(".plot", 100);
        browser.awaitTrue("return document.querySelectorAll('.tooltip:not([hidden])').length > 0");
        assertThat(browser.run(TOOLTIPS)).isEqualTo(new JsonArray());
        assertThat(browser.complaints()).isEmpty();
    }

    private static String name(int i) {
        return i % 5 == 1 ? "estimated-time-of-arrival-by-carrier-and-destination-" + i : "fares-" + i;
    }

    /** Publishes and evaluates a model; some have keys or another task, and some fail. */
    private void model(String name, int i, int round) {
        ModelSpec spec = ModelSpec.parse("{name: " + name
                + ", label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error"
                + (i % 3 == 0 ? ", join: {within: 1h, after: 0}}" : "}"));
        server.publish(Published.records(spec, "", 1_234_560L + round, 1, round));
        Task task = i % 2 == 0 ? Task.REGRESSION : Task.BINARY;
        Tally tally = Tally.of(task, 1);
        for (int sample = 0; sample < 10 * round; sample++) {
            float[] label = {sample % 2};
            float[] output = {sample % 2 == 0 ? -1 : 0.5f};
            tally.add(123.456 * (i + 1), 1, new PredictedSamples(1, label, output, output), 0, 0, 1);
        }
        server.evaluate(new Evaluation(
                Evaluation.Subject.of(name, ""),
                new Evaluation.Counts(tally.samples(), tally.samples(), 0),
                new Evaluation.Window(0, false, 1, now.get(), tally.metrics()),
                tally,
                new Evaluation.Learning(
                        new UpdateMetrics(tally.samples(), 0.1, 2, 0.2, 0, 0), null, 0, false, List.of(), null),
                new Evaluation.Progress(now.get(), 0L, false)));
        if (i % 3 == 0) {
            server.report(new Reported(name)
                    .window(round)
                    .scored(100L * round, 123.456 * (i + 1), null)
                    .at(now.get()));
        }
        if (i % 10 == 3) {
            String reason = "features.numeric: distance: unknown (expected: a field of the record)";
            server.evaluate(Evaluation.failed(name, "", reason, now.get(), Tally.of(task, 1)));
        }
    }
}
