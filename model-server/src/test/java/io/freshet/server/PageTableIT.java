package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.LatestEvaluations;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The table of the page of all models in a real browser. */
class PageTableIT extends PageInBrowser {
    private static final String NAMES =
            "return [...document.querySelectorAll('#models tbody:not([hidden]) th')].map(th => th.textContent).join()";
    private static final String REASON = "features.numeric: distance: unknown (expected: a field)";

    @Test
    void a_failed_model_comes_first_in_words_and_color_with_its_reason() {
        learn("a", "b");
        fail("z");

        browser.open(origin() + "/");

        browser.awaitText("#models .problems p.bad", REASON);
        browser.awaitText("#models tbody:nth-of-type(1) .state.bad", "failed");
        assertThat(browser.run(NAMES)).isEqualTo("z,a,b");
        browser.awaitText("#summary", "3 models, 1 bad");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_filter_finds_names_states_and_problems() {
        learn("clicks", "fares");
        fail("churn");
        browser.open(origin() + "/");
        browser.awaitText("#models", "churn");

        browser.type(".plot", "/");
        browser.type("#filter", "FARE");
        browser.awaitText("#matches", "1 of 3");
        assertThat(browser.run(NAMES)).isEqualTo("fares");

        browser.type("#filter", "\uE00Cdistance unknown");
        browser.awaitTrue(NAMES + " === 'churn'");

        browser.type("#filter", "\uE00C");
        browser.awaitTrue("return document.getElementById('matches').textContent === ''");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_column_sorts_in_both_directions_and_its_head_says_so() {
        learn("a", "c", "b");
        browser.open(origin() + "/");
        browser.awaitText("#models", "c");

        browser.click("#models [data-column=name] button");
        assertThat(browser.run(NAMES)).isEqualTo("a,b,c");
        browser.click("#models [data-column=name] button");

        assertThat(browser.run(NAMES)).isEqualTo("c,b,a");
        assertThat(browser.run("return document.querySelector('[aria-sort]').outerHTML"))
                .asString()
                .contains("data-column=\"name\"", "aria-sort=\"descending\"");
    }

    /** Would catch a table that moves a row away from the pointer that is about to click on it. */
    @Test
    void rows_do_not_move_while_the_pointer_is_on_them() {
        learn("a", "b");
        browser.open(origin() + "/");
        browser.awaitText("#models", "b");
        browser.hover("#models tbody th", 0);

        fail("b");

        browser.awaitText("#models .state.bad", "failed");
        assertThat(browser.run(NAMES)).isEqualTo("a,b");
        browser.hover("h1", 0);
        browser.awaitTrue(NAMES + " === 'b,a'");
    }

    /** Would catch a page that forgets what the reader has chosen, because 200 other models are worse for a moment. */
    @Test
    void a_model_that_leaves_the_table_for_a_while_stays_chosen() {
        learn("a", "b", "c", "d", "e");
        browser.open(origin() + "/");
        browser.awaitText("#models", "e");
        browser.click("#draw-e");
        List<String> worse = IntStream.range(0, 200).mapToObj(i -> "worse-" + i).toList();
        worse.forEach(this::fail);
        browser.awaitTrue("return document.getElementById('draw-e') == null");

        now.addAndGet(LatestEvaluations.FAILURE_MILLIS + 1);

        browser.awaitTrue("return document.getElementById('draw-worse-0') == null");
        assertThat(browser.run("return ['a', 'b', 'c', 'd', 'e']"
                        + ".filter(name => document.getElementById('draw-' + name).checked).join()"))
                .isEqualTo("a,b,c,d,e");
    }

    @Test
    void cells_are_updated_in_place() {
        learn("a");
        browser.open(origin() + "/");
        browser.awaitText("#models [data-column=loss]", "1.0000");
        browser.run("document.querySelector('#models [data-column=loss] b').id = 'kept'");

        Tally tally = Evaluated.oneSample();
        tally.add(Evaluated.oneSample());
        server.evaluate(Evaluated.of("a", "", tally, now.get(), Evaluation.Progress.UNKNOWN));

        browser.awaitText("#models [data-column=samples]", "2");
        assertThat(browser.run("return document.getElementById('kept').textContent"))
                .isEqualTo("1.0000");
    }

    /** What the server says about a model's health; the rule is the server's. */
    @Test
    void problems_pins_and_rejections_are_shown_and_nothing_with_a_problem_is_green() {
        browser.open(origin() + "/");
        browser.awaitText("#state", "connected");
        String show = """
                return Promise.all([import('/ui/row.js'), import('/ui/selection.js')]).then(([{ ModelRow }, { Selection }]) => {
                    const row = new ModelRow('fares', new Selection(() => {}));
                    row.update({ name: 'fares', state: 'learning', level: 'good', rate: 12, rejectedRate: 66012.4, pinned: 7,
                        version: 7, keyed: true, keys: 84, learnedKeys: 222, problems: [
                            { level: 'bad', text: 'rejects <b>all</b>' }, { level: 'warning', text: 'pinned' },
                            { level: 'warning', text: 'stale' }, { level: 'warning', text: 'held' }] }, {}, 0);
                    return row.element.outerHTML;
                });
                """;
        assertThat(browser.run(show))
                .asString()
                .contains("class=\"state bad\"", "<p class=\"bad\">rejects &lt;b&gt;all&lt;/b&gt;</p>", "and 1 more")
                .contains("12/s", "66,012/s", "rejected", "pinned", "<b>222</b>", "<b>84</b> <small>served</small>")
                .doesNotContain("good");
    }

    private void learn(String... names) {
        server.beat(new Heartbeat(0, now.get(), now.get(), List.of(), List.of(), 0L, false, -1));
        for (String name : names) {
            server.evaluate(Evaluated.of(name, "", Evaluated.oneSample(), now.get(), Evaluation.Progress.UNKNOWN));
        }
    }

    private void fail(String name) {
        server.evaluate(Evaluation.failed(name, "", REASON, now.get(), Tally.of(Task.REGRESSION, 1)));
    }
}
