package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.ServedScore;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of a model whose requests are joined with their outcomes, in a real browser. */
class JoinPageIT extends PageInBrowser {
    private static final ModelSpec CLICKS = ModelSpec.parse("{name: clicks, label: y, features: {numeric: [x],"
            + " standardize: false}, loss: binary-cross-entropy, join: {within: 1h, after: 0, slices: [origin]}}");
    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    @Test
    void one_chart_has_served_expected_and_progressive_loss() {
        open(window(0), window(1), window(2));

        for (String line : List.of(
                "served since start0.5000", "served, last 72" + "0.5000", "expected0.2500", "progressive0.0900")) {
            browser.awaitText("figure:nth-of-type(2) .legend button", line);
        }
        browser.awaitText("figure:nth-of-type(2) .title", "Served loss");
        browser.hover("figure:nth-of-type(2) .plot", 150);
        browser.awaitText("figure:nth-of-type(2) .tooltip:not([hidden])", "expected0.2500");
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would catch lines in pieces: the reports between the ends of windows have no losses of a window. */
    @Test
    void a_line_with_a_value_for_each_window_is_not_interrupted() {
        browser.open(origin() + "/models/clicks");
        String connected = """
                return import('/ui/line.js').then(({ connected }) =>
                    JSON.stringify(connected({ key: 'served', x: [1, 2, 3, 4, 5], y: [null, 7, null, null, 9],
                        usual: [null, 7, null, null, null] })));
                """;

        assertThat(browser.run(connected)).isEqualTo("{\"key\":\"served\",\"x\":[2,5],\"y\":[7,9],\"usual\":[7,null]}");
    }

    @Test
    void all_counts_and_delays_are_shown_in_words() {
        open(window(0));

        for (JoinCount count : JoinCount.values()) {
            String number = "1,%03d".formatted(count.ordinal());
            browser.awaitText("#join-" + count.field() + " td.number", number);
            browser.awaitTrue(
                    "return document.getElementById(arguments[0]).textContent.trim().length > 15",
                    "join-" + count.field());
        }
        browser.awaitText("#join-note", "Event time has reached ");
        browser.awaitText(
                "#delays-note",
                "Of 100 closed requests with an outcome: 50% within 1 s, 90% within 1 min, 25% after the first sample.");
        assertThat(browser.run(
                        "return [...document.querySelectorAll('#delays tr')].map(row => row.textContent).join()"))
                .isEqualTo("up to 1 s60,up to 1 min38,longer2");
        assertThat(
                        browser.run(
                                "return [...document.querySelectorAll('#delays i')].map(bar =>"
                                        + " Math.round(100 * bar.clientWidth / document.querySelector('#delays i').clientWidth)).join()"))
                .isEqualTo("100,63,3");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void served_scores_have_a_row_for_each_value_of_each_dimension() {
        open(window(0)
                .scored(ServedScore.AGE, "up to 1s", 30, 0.75, 0.5)
                .scored(ServedScore.LABEL, "canary", 20, 0.625, 0.5)
                .scored(ServedScore.LABEL, "", 10, 0.5, 0.5)
                .scored("origin", HOSTILE, 5, Double.NaN, null)
                .scored("constructor", "x", 4, 0.5, null));

        browser.awaitText("#served-rows", HOSTILE);
        assertThat(browser.run(
                        "return [...document.querySelectorAll('#served-rows tr')].map(row => [...row.children].map(cell =>"
                                + " cell.textContent).join(' '))"))
                .isEqualTo(new JsonArray(List.of(
                        "All answers 700 0.5000 0.2500 0.5000 last 70 0.7500",
                        "Age of the parameters that answered",
                        "up to 1s 30 0.7500 0.5000 0.7500 last 3 0.7500",
                        "Label of the version",
                        "canary 20 0.6250 0.5000 0.6250 last 2 0.7500",
                        "(none) 10 0.5000 0.5000 0.5000 last 1 0.7500",
                        "origin",
                        HOSTILE + " 5 – – – 0.7500",
                        "constructor",
                        "x 4 0.5000 – 0.5000 last 0 0.7500")));
        browser.awaitText("#served-quality", "AUC");
        assertThat(browser.run("return document.querySelector('#served-rows img')"))
                .isNull();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_join_that_ends_leaves_the_page() {
        open(window(0));
        browser.awaitText("#join-counts", "Requests");

        server.deleteReports("clicks");

        browser.awaitTrue(
                "return document.getElementById('join').hidden && document.getElementById('served-scores').hidden");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_model_without_a_join_shows_none() {
        server.publish(
                ModelSpec.parse("{name: clicks, label: y, features: {numeric: [x]}, loss: binary-cross-entropy}"), 1);
        server.report(window(0).at(now.get()));
        browser.open(origin() + "/models/clicks");
        browser.awaitText("#versions", "live");

        assertThat(browser.run("return ['join', 'served-scores'].every(id => document.getElementById(id).hidden)"))
                .isEqualTo(true);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_table_of_models_has_the_served_loss_with_the_count_of_its_answers() {
        server.publish(CLICKS, 1);
        server.report(window(0).at(now.get()));

        browser.open(origin() + "/");

        browser.awaitText("#models [data-column=window]", "0.5000 served, last 70");
        browser.open(origin() + "/models/clicks");
        browser.awaitText("figure .legend button", "served, last 70");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void an_answer_about_a_model_that_was_deleted_meanwhile_is_not_shown() {
        browser.open(origin() + "/models/clicks");
        String shown = """
                return Promise.all([import('/ui/join.js'), import('/ui/classes.js')]).then(async ([{ Join }, { Classes }]) => {
                    const real = window.fetch;
                    let answer = () => {};
                    window.fetch = () => new Promise(resolve => { answer = resolve; });
                    const shown = [];
                    for (const deleted of [false, true]) {
                        const parts = [[new Join('clicks'), 'join', { counts: {}, scores: [], delays: { requests: [] } }],
                            [new Classes('clicks', ''), 'by-class', { total: 1, classes: [{ class: 'a' }] }]];
                        for (const [part, id, body] of parts) {
                            document.getElementById(id).hidden = true;
                            const asked = part.refresh({}, 0);
                            if (deleted) part.forget();
                            answer(new Response(JSON.stringify(body)));
                            await asked;
                            shown.push(!document.getElementById(id).hidden);
                        }
                    }
                    window.fetch = real;
                    return shown;
                });
                """;

        assertThat(browser.run(shown)).isEqualTo(new JsonArray(List.of(true, true, false, false)));
    }

    @Test
    void many_ranges_of_delays_are_merged_and_empty_ends_left_out() {
        browser.open(origin() + "/models/clicks");
        String rows = """
                return import('/ui/delays.js').then(({ delayRows, delayText }) => {
                    const bounds = [...Array(40).keys()].map(i => 2 ** i);
                    const requests = [...Array(41).keys()].map(i => i >= 5 && i < 30 ? 1 : 0);
                    const texts = delays => delayRows(delays).map(row => row.textContent);
                    return [texts({ up_to_millis: bounds, requests }).join(), texts({ up_to_millis: [], requests: [] }).length,
                        texts({ up_to_millis: [1], requests: [0, 7] }).join(), delayText({ requests: [] })];
                });
                """;

        assertThat(browser.run(rows))
                .isEqualTo(new JsonArray(Stream.of(
                                "up to 128 ms3,up to 1 s3,up to 8.2 s3,up to 1.1 min3,up to 8.7 min3,up to 1.2 h3,up to 9.3 h3,"
                                        + "up to 3.1 d3,up to 6.2 d1",
                                0,
                                "longer7",
                                "No closed request has an outcome yet.")
                        .toList()));
    }

    /** Serves the model, evaluates it, and opens its page. */
    private void open(Reported... reports) {
        server.publish(CLICKS, 1);
        Tally tally = Tally.of(Task.BINARY, 1);
        for (Reported report : reports) {
            float[] output = {1};
            tally.add(0.09, 1, new PredictedSamples(1, new float[] {1}, output, output), 0, 0, 1);
            now.addAndGet(1_000);
            server.evaluate(new Evaluation(
                    Evaluation.Subject.of("clicks", ""),
                    new Evaluation.Counts(tally.samples(), tally.samples(), 0),
                    new Evaluation.Window(0, false, 1, now.get(), tally.metrics()),
                    tally.copy(),
                    Evaluation.Learning.UNKNOWN,
                    new Evaluation.Progress(now.get(), 0L, false)));
            server.report(report.at(now.get()));
        }
        browser.open(origin() + "/models/clicks");
    }

    private static Reported window(int number) {
        return new Reported("clicks")
                .counted()
                .delayed(List.of(1_000L, 60_000L), List.of(60L, 38L, 2L))
                .window(number)
                .scored(700 + 10 * number, 0.5, 0.25);
    }
}
