package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.store.VersionLabel;
import io.vertx.core.json.JsonArray;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page of one model in a real browser. */
class ModelPageIT extends PageInBrowser {
    private static final ModelSpec FARES = ModelSpec.parse(
            "{name: fares, label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
    private static final String ROW =
            "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1]}]}";

    @Test
    void pins_a_version_rolls_back_and_follows_the_newest_again() throws Exception {
        publish(10);
        publish(20);
        publish(30);
        browser.open(origin() + "/");
        browser.click("#model-fares");
        browser.awaitText("#serving-row tr.live th", "30");

        browser.click("[aria-label='Pin version 10']");
        browser.awaitText("#serving-row tr.pinned th", "10");
        assertThat(server.infer("fares", ROW).getString("model_version")).isEqualTo("10");

        browser.click("#follow");
        browser.awaitText("#serving-row tr.live th", "30");
        assertThat(server.infer("fares", ROW).getString("model_version")).isEqualTo("30");

        browser.awaitText("#rollback", "Roll back to 20");
        browser.click("#rollback");
        browser.awaitText("#serving-row tr.pinned th", "20");
        publish(40);
        assertThat(server.infer("fares", ROW).getString("model_version")).isEqualTo("20");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_model_with_keys_has_the_versions_of_each_key() {
        for (long version : new long[] {10, 20}) {
            server.publish(Published.records(SHOPS, "S 1", version, 1, version));
            server.publish(Published.records(SHOPS, "S/2", version + 1, 1, version));
        }
        browser.open(origin() + "/models/shops");
        browser.type("#key", "S/2\n");
        browser.click("[aria-label='Pin version 11']");

        browser.awaitText("#serving-row tr.pinned th", "11");
        assertThat(server.store.model("shops").set("S/2").version()).isEqualTo(11);
        assertThat(server.store.model("shops").set("S 1").version()).isEqualTo(20);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void rejected_snapshots_have_their_reasons() {
        publish(10);
        assertThatThrownBy(() -> server.publish(Published.records(FARES, "", 20, Float.NaN, 20)))
                .hasMessageContaining("NaN");

        browser.open(origin() + "/models/fares");

        browser.awaitText("#rejections", "version 20: ");
        browser.awaitText("#rejections", "finite");
    }

    @Test
    void the_form_predicts_with_the_values_typed_in() {
        publish(10);
        browser.open(origin() + "/models/fares");

        browser.run("const real = window.fetch; window.fetch = (path, request) => {"
                + " if (path.endsWith('/infer')) window.sent = request.body; return real(path, request); };");
        browser.type("#input-x", "2.5");
        browser.click("#predict");

        browser.awaitText("#prediction", "prediction3.5000");
        browser.awaitText("#prediction", "x2.5000");
        browser.awaitText("#prediction", "bias1");
        assertThat(browser.run("return JSON.parse(window.sent).parameters.log")).isEqualTo(false);
    }

    @Test
    void the_features_that_changed_most_have_their_values_before_and_after() {
        publish(10);
        server.publish(Published.records(FARES, "", 20, 1.5f, 20));

        browser.open(origin() + "/models/fares");

        browser.awaitText("#movers-note", "From version 10 to 20");
        browser.awaitText("#movers tr", "x1.00001.50000.5000");
        browser.awaitText("#movers tr", "bias1.00001.50000.5000");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void shows_all_metrics_and_the_overview_the_first_brief_ones() {
        Tally total = Tally.of(Task.BINARY, 1);
        float[] labels = {1, 0};
        float[] logits = {1, -1};
        for (int i = 0; i < 2; i++) {
            total.add(0.25, 1, new PredictedSamples(1, labels, logits, logits), i, i, 1);
        }
        server.evaluate(Evaluated.of("fares", "", total, now.get(), Evaluation.Progress.UNKNOWN));

        browser.open(origin() + "/");
        browser.awaitText("#models", "1.0000 accuracy1.0000 AUC1.0000 PR AUC");
        browser.open(origin() + "/models/fares");
        browser.awaitText("#metrics", "loss0.2500unit of the loss, lower is better");
        browser.awaitText("#metrics", "recall1.00000 to 1, higher is better");
        browser.awaitText("#metrics", "calibration0.0000no unit, 1 is ideal");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_movers_follow_the_newest_version() {
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#movers-note", "only one version");

        server.publish(Published.records(FARES, "", 20, 3, 20));

        browser.awaitText("#movers tr", "x1.00003.00002.0000");
    }

    @Test
    void dead_letters_are_counted_by_reason_also_for_a_model_that_has_learned_nothing() {
        server.deadLetters.add("encode", "fares", "x: two (expected: a number)", 1);
        server.deadLetters.add("encode", "fares", "x: three (expected: a number)", 2);
        server.deadLetters.add("encode", "shops", "shop: missing (expected: a text)", 3);
        server.deadLetters.add("decode", "", "value: none (expected: a sample)", 4);

        browser.open(origin() + "/models/fares");

        browser.awaitText("#dead-letters tr", "2encode: x: three (expected: a number)");
        browser.awaitText("#dead-letters tr", "1decode: value: none (expected: a sample)");
        assertThat(browser.run("return document.querySelectorAll('#dead-letters tr').length"))
                .isEqualTo(2);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void labels_are_assigned_and_cleared_with_their_shares_of_the_requests() throws Exception {
        publish(10);
        publish(20);
        publish(30);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row tr.live th", "30");

        browser.click("#labels summary");
        browser.type("#canary-version", "10");
        browser.type("#canary-traffic", "12.5");
        browser.click("#canary-set");

        browser.awaitText("#label-canary", "canary1012.5%");
        browser.awaitText("#label-stable", "stable–87.5%");
        browser.awaitText("#version-rows tr.kept", "kept, canary");
        assertThat(server.store
                        .model("fares")
                        .labels("")
                        .set(VersionLabel.CANARY)
                        .version())
                .isEqualTo(10);

        browser.type("#shadow-version", "newest");
        browser.click("#shadow-set");
        browser.awaitText("#label-shadow", "shadownewest100%");

        browser.click("#canary-clear");
        browser.awaitText("#label-canary", "canary––");
        browser.awaitText("#label-stable", "stable–100%");
        assertThat(server.store.model("fares").labels("").versions()).containsOnlyKeys(VersionLabel.SHADOW);
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would catch a label of the newest of two versions with the number that the reader chose. */
    @Test
    void labels_the_version_that_was_chosen_of_two_with_the_same_number() throws Exception {
        publish(10);
        server.publish(Published.records(fares(0.5), "", 10, 7, 86_400_000));
        browser.open(origin() + "/models/fares");
        browser.awaitText("#version-rows tr.kept th", "10");
        String option = "return document.querySelector('#known-versions option:nth-of-type(%d)').value";
        assertThat((String) browser.run(option.formatted(2))).startsWith("10, ").contains("1970");

        browser.click("#labels summary");
        browser.type("#canary-version", (String) browser.run(option.formatted(3)));
        browser.type("#canary-traffic", "50");
        browser.click("#canary-set");

        browser.awaitText("#label-canary", "canary1050%");
        assertThat(server.store
                        .model("fares")
                        .labels("")
                        .set(VersionLabel.CANARY)
                        .published()
                        .publishedAt())
                .isEqualTo(10);
    }

    @Test
    void a_label_of_an_unknown_version_is_rejected_with_the_known_ones() {
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row tr.live th", "10");

        browser.click("#labels summary");
        browser.type("#stable-version", "11");
        browser.click("#stable-set");

        browser.awaitText("#versions-error", "version: 11 (expected: 10 (live))");
    }

    @Test
    void labels_that_another_client_assigns_are_shown() throws Exception {
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row tr.live th", "10");

        server.post("/v2/repository/models/fares/labels/canary", "{\"version\": \"10\", \"traffic\": 0.25}");

        browser.awaitText("#label-canary", "canary1025%");
    }

    @Test
    void the_form_has_the_values_of_a_recent_sample_and_keeps_what_is_typed_in() {
        publish(10);
        sample(Map.of("x", 2.5, "y", 77.0), Map.of());
        browser.open(origin() + "/models/fares");

        browser.awaitText("#example-note", "With the values of a record of");
        assertThat(browser.run("return document.getElementById('input-x').value"))
                .isEqualTo("2.5");
        browser.type("#input-x", "5");
        browser.click("#predict");
        browser.awaitText("#prediction", "prediction3.5500");
        browser.click("#another");
        browser.awaitTrue("return document.getElementById('input-x').value === '2.5'");
        assertThat(browser.run("return document.body.innerText.includes('77')")).isEqualTo(false);
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would run what a producer of samples writes into a text. */
    @Test
    void values_of_records_and_keys_are_texts_and_never_markup() {
        String text = "<img src=x onerror=\"document.title='run'\">";
        ModelSpec spec = ModelSpec.parse("{name: towns, key: shop, label: y, features: {categorical: [town],"
                + " hashBits: 1}, loss: mean-squared-error}");
        server.publish(Published.records(spec, text, 10, 1, 10));
        server.publish(Published.records(spec, text, 20, 2, 20));
        sample(Map.of(), Map.of("shop", text, "town", text));

        browser.open(origin() + "/models/towns?key=" + URLEncoder.encode(text, StandardCharsets.UTF_8));

        browser.awaitText("#movers th", "town=" + text);
        browser.awaitText("#key-list a", text);
        browser.awaitTrue("return document.getElementById('input-town').value === arguments[0]", text);
        assertThat(browser.run("return document.querySelectorAll('main img').length"))
                .isEqualTo(0);
        assertThat(browser.run("return document.title")).isEqualTo("towns – Freshet");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_key_is_found_by_its_first_characters_among_many() {
        for (int i = 0; i < 2_000; i++) {
            server.publish(Published.records(SHOPS, "shop-" + i, 10, 1, 1));
        }
        browser.open(origin() + "/models/shops");
        browser.awaitText("#keys-note", "2,000 keys; type the first characters of one, the first 24 of these listed");

        browser.type("#key", "shop-199");
        browser.awaitText("#keys-note", "of 2,000 keys, those that start with shop-199");
        assertThat(browser.run("return document.querySelectorAll('#key-list a').length"))
                .isEqualTo(11);
        browser.click("#key-list a[href='?key=shop-1993']");
        browser.awaitText("#lineage-key", "shop-1993");
        browser.awaitText("#key-list a[aria-current]", "shop-1993");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void an_unknown_key_is_an_error_and_others_can_be_chosen() {
        server.publish(Published.records(SHOPS, "a", 10, 1, 1));
        browser.open(origin() + "/models/shops?key=b");

        browser.awaitText("#page-error", "shop: \"b\" (expected: a key that the model has learned)");
        browser.type("#key", "\uE003a");
        browser.click("#key-list a[href='?key=a']");

        browser.awaitText("#lineage-key", "a");
        browser.awaitText("#page-error", "");
    }

    @Test
    void shows_the_lineage_the_specification_and_what_changed_last() {
        ModelSpec fast = fares(0.5);
        server.publish(Published.records(fast, "", 10, 1, 10));
        browser.open(origin() + "/models/fares");
        browser.awaitText("#lineage-offsets", "freshet.samples:0=10freshet.samples:3=20");
        browser.awaitText("#lineage-incarnation", "freshet.samples:0=0");
        browser.awaitText("#specification-note", fast.hash() + ", without a change since this server started.");
        browser.awaitText("#specification", "loss: mean-squared-error");

        server.publish(Published.records(fares(0.0625), "", 20, 1, 20));

        browser.awaitText("#specification-note", "It replaced " + fast.hash() + "; 1 field differs.");
        browser.awaitText("#difference-rows th", "optimizer.learningRate");
        browser.awaitText("#difference-rows .after", "0.0625");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void what_has_no_values_is_not_drawn() {
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row th", "10");
        browser.awaitText("#movers-note", "only one version");

        assertThat(browser.run("return ['movers', 'metrics', 'dead-letters', 'difference-rows', 'classes']"
                        + ".filter(id => document.getElementById(id).checkVisibility())"))
                .isEqualTo(new JsonArray());
    }

    /** Would draw empty charts, forms, and tables around the one thing that matters. */
    @Test
    void a_model_that_was_never_published_shows_what_is_wrong_and_nothing_empty() {
        server.deadLetters.add("encode", "fares", "x: two (expected: a number)", 1);
        assertThatThrownBy(() -> server.publish(Published.records(FARES, "", 20, Float.NaN, 20)))
                .hasMessageContaining("NaN");
        server.evaluate(Evaluation.failed("fares", "", "native library: missing", now.get(), Evaluated.oneSample()));

        browser.open(origin() + "/models/fares");

        browser.awaitText("#problems", "native library: missing");
        browser.awaitText("#dead-letters", "x: two");
        browser.awaitText("#rejections", "version 20: ");
        assertThat(browser.run("return ['curves', 'versions', 'trial', 'moved', 'scores', 'by-class', 'lineage']"
                        + ".filter(id => document.getElementById(id).checkVisibility())"))
                .isEqualTo(new JsonArray());
        browser.awaitTrue("return document.getElementById('nothing').checkVisibility()");
    }

    @Test
    void problems_are_at_the_top_in_words_and_color() {
        publish(10);
        server.evaluate(Evaluation.failed("fares", "", "native library: missing", now.get(), Evaluated.oneSample()));

        browser.open(origin() + "/models/fares");

        browser.awaitText("#problems li.bad", "native library: missing");
        browser.awaitTrue("return document.getElementById('state').dataset.state === 'bad'");
        assertThat(browser.run(
                        "return [...document.querySelectorAll('header nav a')].map(a => a.getAttribute('href'))"))
                .isEqualTo(JsonArray.of("/", "#rejected", "/docs"));
    }

    /** Would catch a page that shows the last version of an unloaded model as live, with no way to load it. */
    @Test
    void an_unloaded_model_has_no_live_version_and_can_be_loaded() throws Exception {
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row tr.live th", "10");

        server.post("/v2/repository/models/fares/unload", "");

        browser.awaitText("#follow", "Load the newest");
        browser.awaitTrue("return !document.querySelector('#serving-row tr').checkVisibility()");
        browser.awaitText("#problems", "unloaded: not served until it is loaded again");
        assertThat(browser.run("return document.getElementById('rejected-snapshots').textContent"))
                .asString()
                .endsWith("none.");
        browser.click("#follow");
        browser.awaitText("#serving-row tr.live th", "10");
        browser.awaitText("#follow", "Follow the newest");
    }

    /** Would catch a page that fails on a version that was never published. */
    @Test
    void version_0_can_be_loaded_again_after_it_was_unloaded() throws Exception {
        KeyedBytes applied = new ModelSpecCodec()
                .write(
                        ModelSpec.parse("{name: fares, label: y, features: {numeric: [x]}, loss: mean-squared-error,"
                                + " join: {within: 1h, after: 0}}"),
                        0);
        server.apply(applied.key(), applied.value());
        server.post("/v2/repository/models/fares/unload", "");
        browser.open(origin() + "/models/fares");
        browser.awaitText("#follow", "Load the newest");
        String row = "return import('/ui/version-row.js').then(({ VersionRow }) => {"
                + " const row = new VersionRow(() => {}); row.show({ version: '0', state: 'live' }, 0);"
                + " return row.element.textContent; })";
        assertThat(browser.run(row)).isEqualTo("0live––Pin");

        browser.click("#follow");

        browser.awaitTrue("return !document.getElementById('versions').checkVisibility()");
        assertThat(browser.run("return document.getElementById('versions-error').textContent"))
                .isEqualTo("");
        assertThat(server.store.isUnloaded("fares")).isFalse();
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would catch a form whose predictions are all refused. */
    @Test
    void a_model_that_is_published_with_other_features_has_another_form() {
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitTrue("return document.getElementById('input-x') != null");

        server.publish(new SnapshotCodec().delete("fares", "", 0));
        browser.awaitText("#state", "unknown model");
        server.publish(Published.records(
                ModelSpec.parse("{name: fares, label: y, features: {numeric: [z], standardize: false},"
                        + " loss: mean-squared-error}"),
                "",
                20,
                1,
                20));

        browser.awaitTrue("return document.getElementById('input-z') != null");
        assertThat(browser.run("return document.getElementById('input-x')")).isNull();
    }

    /** Would catch a pin of the newest version that has the number which the reader saw. */
    @Test
    void pins_the_version_that_it_shows_of_two_with_the_same_number() throws Exception {
        publish(10);
        ModelSpec reset = ModelSpec.parse("{name: fares, label: y, features: {numeric: [x], standardize: false},"
                + " optimizer: {learningRate: 0.5}, loss: mean-squared-error}");
        server.publish(Published.records(reset, "", 10, 7, 1_000));
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row tr.live th", "10");
        browser.awaitText("#version-rows tr.kept th", "10");

        browser.click("#version-rows button");

        browser.awaitText("#serving-row tr.pinned th", "10");
        assertThat(server.infer("fares", ROW)
                        .getJsonArray("outputs")
                        .getJsonObject(0)
                        .getJsonArray("data"))
                .containsExactly(2.0);
    }

    /** Would catch a page that shows the last figures of a deleted model as if they were live. */
    @Test
    void a_deleted_model_has_no_figures_until_it_is_published_again() {
        String figures = "return ['keys', 'versions', 'trial', 'moved', 'scores', 'by-class', 'lineage', 'effective']"
                + ".filter(id => document.getElementById(id).checkVisibility())";
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row th", "10");
        browser.awaitText("#summary", "age");

        server.publish(new SnapshotCodec().delete("fares", "", 0));

        browser.awaitText("#state", "unknown model");
        assertThat(browser.run("return document.getElementById('summary').textContent"))
                .isEqualTo("");
        assertThat(browser.run(figures)).isEqualTo(new JsonArray());

        publish(20);

        browser.awaitText("#serving-row th", "20");
        browser.awaitText("#specification", "loss: mean-squared-error");
        assertThat(browser.run(figures)).isEqualTo(JsonArray.of("versions", "trial", "moved", "lineage", "effective"));
        browser.type("#input-x", "2.5");
        browser.click("#predict");
        browser.awaitText("#prediction", "prediction3.5000");
        assertThat(browser.complaints()).isEmpty();
    }

    /** Would catch a form with the values of two records, which together may be those of none. */
    @Test
    void another_example_does_not_keep_values_of_the_one_before() {
        ModelSpec gaps = ModelSpec.parse("{name: fares, label: y, features: {numeric: [x, z],"
                + " missing: {fields: {z: indicator}}}, loss: mean-squared-error}");
        server.publish(Published.records(gaps, "", 10, 1, 10));
        sample(Map.of("x", 1.5, "z", 7.0), Map.of());
        browser.open(origin() + "/models/fares");
        browser.awaitTrue("return document.getElementById('input-z')?.value === '7'");

        sample(Map.of("x", 2.5), Map.of());
        now.addAndGet(10_000);
        browser.click("#another");

        browser.awaitTrue("return document.getElementById('input-x').value === '2.5'");
        assertThat(browser.run("return document.getElementById('input-z').value"))
                .isEqualTo("");
    }

    @Test
    void without_a_connection_the_figures_are_grey_and_have_their_time() {
        publish(10);
        browser.open(origin() + "/models/fares");
        browser.awaitText("#serving-row th", "10");

        server.close();

        browser.awaitText("#state", "connection lost; figures are from");
        browser.awaitText("#lost", " ago, reconnecting");
        assertThat(browser.run("return getComputedStyle(document.querySelector('main')).filter"))
                .isEqualTo("grayscale(1)");
    }

    private static ModelSpec fares(double learningRate) {
        return ModelSpec.parse("{name: fares, label: y, features: {numeric: [x]}, loss: mean-squared-error,"
                + " optimizer: {type: sgd, learningRate: " + learningRate + "}}");
    }

    private void sample(Map<String, Double> numbers, Map<String, String> texts) {
        byte[] value = new SampleWriter().write("", "", now.get(), numbers, texts);
        server.topics.add("freshet.samples", new byte[0], value, now.get());
    }

    private void publish(long version) {
        server.publish(Published.records(FARES, "", version, 1, version));
    }
}
