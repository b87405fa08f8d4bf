package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonArray;
import org.junit.jupiter.api.Test;

/** The versions on the page of a model. Would catch a row that moves under the pointer, and a version pinned by a slip. */
class ModelVersionsIT extends PageInBrowser {
    private static final ModelSpec FARES = ModelSpec.parse(
            "{name: fares, label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error}");
    private static final String ROWS =
            "return [...document.querySelectorAll('#version-rows th')].map(e => e.textContent)";
    private static final long MINUTE = 60_000;

    @Test
    void newer_versions_wait_behind_a_button() {
        publish(10, 10);
        publish(20, 20);
        publish(30, 30);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row th", "30");
        assertThat(browser.run(ROWS)).isEqualTo(JsonArray.of("20", "10"));

        publish(40, 40);
        publish(50, 50);
        browser.awaitText("#serving-row th", "50");
        browser.awaitText("#show-newer", "2 newer");
        assertThat(browser.run(ROWS)).isEqualTo(JsonArray.of("20", "10"));

        browser.click("#show-newer");
        assertThat(browser.run(ROWS)).isEqualTo(JsonArray.of("40", "30", "20", "10"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_version_that_is_no_longer_kept_stays_in_its_row_while_the_pointer_is_on_the_versions() {
        publish(1, 1);
        publish(2, 2);
        publish(3, 3);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#version-rows th", "2");
        browser.hover("#versions-title", 0);

        for (int version = 4; version < 40; version++) {
            publish(version, version);
        }
        browser.awaitText("#version-rows tr.gone", "no longer kept");
        assertThat(browser.run("return document.querySelector('#version-rows tr.gone button').disabled"))
                .isEqualTo(true);

        browser.hover("#try-title", 0);
        browser.awaitTrue("return document.querySelector('#version-rows tr.gone') == null");
    }

    @Test
    void going_back_in_time_pins_the_newest_version_that_is_old_enough_after_a_question() throws Exception {
        long at = now.get();
        publish(10, at - 120 * MINUTE);
        publish(20, at - 20 * MINUTE);
        publish(30, at - 2 * MINUTE);
        publish(40, at - 1_000);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#ago", "1 minute ago10 minutes ago1 hour ago");
        assertThat(browser.run("return document.getElementById('ago-1d')")).isNull();

        browser.click("#ago-10m");
        browser.awaitText("#confirm-text", "Serve version 20");
        assertThat(server.store.model("fares").set("").version()).isEqualTo(40);
        browser.click("#confirm-no");
        browser.awaitTrue("return document.getElementById('confirm').hidden");
        assertThat(server.store.model("fares").set("").version()).isEqualTo(40);

        browser.click("#ago-1h");
        browser.click("#confirm-yes");
        browser.awaitText("#serving-row tr.pinned th", "10");
        assertThat(server.store.model("fares").set("").version()).isEqualTo(10);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void without_an_old_version_there_is_nothing_to_go_back_to() {
        publish(10, now.get() - 2_000);
        publish(20, now.get() - 1_000);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row th", "20");

        assertThat(browser.run("return document.getElementById('ago').hidden")).isEqualTo(true);
        browser.awaitText("#apply-hint", "--from fares@VERSION");
    }

    private void publish(long version, long publishedAt) {
        server.publish(Published.records(FARES, "", version, 1, publishedAt));
    }
}
