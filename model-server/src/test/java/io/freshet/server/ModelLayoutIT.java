package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.sample.SampleWriter;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layout of the page of a model. Would catch a page that scrolls sideways, and cards that cover each other. */
class ModelLayoutIT extends PageInBrowser {
    private static final String NAME = "estimated-time-of-arrival-by-carrier-and-destination-of-all-flights";
    private static final String LONG_TEXT = "a-text-without-any-space".repeat(10);
    /** Returns what is wrong with the layout, as sentences. */
    private static final String PROBLEMS = """
            const wrong = [];
            const visible = e => e.getClientRects().length > 0;
            const name = e => e.id || e.getAttribute('aria-labelledby') || e.textContent.slice(0, 30);
            const root = document.documentElement;
            if (root.scrollWidth > root.clientWidth) wrong.push(`the page is ${root.scrollWidth} wide`);
            const boxes = [...document.querySelectorAll('header, #problems, .card, figure, main .toolbar')].filter(visible);
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
                if (a.contains(b)) return;
                const [x, y] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
                if (Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
                        && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1) {
                    wrong.push(`${name(a)} and ${name(b)} overlap`);
                }
            }));
            boxes.forEach(box => {
                const { left, right } = box.getBoundingClientRect();
                if (left < 0 || right > root.clientWidth + 1) wrong.push(`${name(box)} leaves the page`);
                if (box.scrollWidth > box.clientWidth + 1) wrong.push(`something leaves ${name(box)}`);
            });
            document.querySelectorAll('figure').forEach(figure => {
                if (visible(figure) && figure.querySelector('.plot').clientHeight < 60) wrong.push(`${name(figure)} is flat`);
            });
            document.querySelectorAll('.legend button span').forEach(label => {
                if (visible(label) && label.getBoundingClientRect().width < 5) wrong.push('a legend lacks a name');
            });
            document.querySelectorAll('table').forEach(table => {
                if (visible(table) && table.rows.length === table.tHead?.rows.length) wrong.push('an empty table');
            });
            return wrong;
            """;

    @ParameterizedTest
    @ValueSource(ints = {400, 900, 1400, 1920})
    void nothing_overlaps_leaves_its_box_or_scrolls_sideways(int width) throws Exception {
        model("", "");
        model("keyed-", "key: city, ");
        browser.resize(width, 900);

        browser.open(origin() + "/models/" + NAME);
        browser.awaitText("#problems", LONG_TEXT);
        browser.awaitText(".legend", "since start");
        browser.awaitText("#classes", "1");
        browser.awaitText("#movers", LONG_TEXT.substring(0, 50));
        browser.awaitText("#served-rows", LONG_TEXT.substring(0, 50));
        browser.awaitText("#delays", "longer");
        browser.click("#predict");
        browser.awaitText("#prediction", "prediction");
        assertThat(browser.run(PROBLEMS)).isEqualTo(new JsonArray());

        browser.open(origin() + "/models/keyed-" + NAME + "?key=" + LONG_TEXT);
        browser.awaitText("#key-list", LONG_TEXT);
        browser.awaitText("#lineage-rows", LONG_TEXT);
        assertThat(browser.run(PROBLEMS)).isEqualTo(new JsonArray());

        browser.open(origin() + "/models/unknown");
        browser.awaitText("#state", "unknown model");
        assertThat(browser.run(PROBLEMS)).isEqualTo(new JsonArray());
    }

    private void model(String prefix, String key) {
        ModelSpec spec = ModelSpec.parse("{name: " + prefix + NAME + ", " + key
                + "label: y, features: {numeric: [x], categorical: [city], hashBits: 2, standardize: false},"
                + " loss: binary-cross-entropy, join: {within: 1h, after: 0, slices: [city]}}");
        String of = key.isEmpty() ? "" : LONG_TEXT;
        server.publish(Published.records(spec, of, 1_234_567, 1, now.get()));
        server.publish(Published.records(spec, of, 1_234_568, 2, now.get()));
        byte[] sample = new SampleWriter().write("", "", now.get(), Map.of("x", 1.0), Map.of("city", LONG_TEXT));
        server.topics.add("freshet.samples", new byte[0], sample, now.get());
        Tally tally = Tally.of(Task.BINARY, 1);
        for (int i = 0; i < 10; i++) {
            float[] output = {i - 4.5f};
            tally.add(0.123456, 1, new PredictedSamples(1, new float[] {i % 2}, output, output), 0, 0, 1);
            server.evaluate(evaluation(prefix + NAME, of, tally.copy()));
        }
        server.report(new Reported(prefix + NAME)
                .counted()
                .delayed(List.of(1_000L, 60_000L), List.of(1_234_567L, 38L, 2L))
                .window(1)
                .scored(1_234_567, 123.456789, 0.123456)
                .scored("city", LONG_TEXT.substring(0, 100), 1_234_567, 123.456789, 0.123456)
                .at(now.get()));
        String reason = LONG_TEXT + ": unknown (expected: a field of the record)";
        server.evaluate(Evaluation.failed(prefix + NAME, of, reason, now.get(), Tally.of(Task.BINARY, 1)));
    }

    private Evaluation evaluation(String model, String key, Tally tally) {
        return new Evaluation(
                Evaluation.Subject.of(model, key),
                new Evaluation.Counts(tally.samples(), tally.samples(), 0),
                new Evaluation.Window(0, false, 1, now.get(), tally.metrics()),
                tally,
                new Evaluation.Learning(
                        new UpdateMetrics(tally.samples(), 0.1, 2, 0.2, 0, 0), null, 0, false, List.of(), null),
                new Evaluation.Progress(now.get(), 0L, false));
    }
}
