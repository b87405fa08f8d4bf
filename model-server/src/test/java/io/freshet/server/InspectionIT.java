package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people ask about a model: what moved, and why records were rejected. */
@Timeout(60)
class InspectionIT {
    private static final ModelSpec FARES = ModelSpec.parse(
            "{name: fares, label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, features: {numeric: [x]}, loss: mean-squared-error}");

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
    void compares_the_two_newest_versions() throws Exception {
        server.publish(Published.records(FARES, "", 10, 7, 1));
        server.publish(Published.records(FARES, "", 20, 1, 2));
        server.publish(Published.records(FARES, "", 30, 1.5f, 3));

        assertThat(server.get("/v2/models/fares/movers").body())
                .isEqualTo("{\"name\":\"fares\",\"from\":\"20\",\"to\":\"30\",\"movers\":["
                        + "{\"name\":\"bias\",\"parameters\":1,\"before\":1.0,\"after\":1.5,\"change\":0.5},"
                        + "{\"name\":\"x\",\"parameters\":1,\"before\":1.0,\"after\":1.5,\"change\":0.5}]}");
    }

    @Test
    void a_single_version_has_not_moved() throws Exception {
        server.publish(Published.records(FARES, "", 10, 7, 1));

        assertThat(server.get("/v2/models/fares/movers").body()).isEqualTo("{\"name\":\"fares\",\"movers\":[]}");
    }

    /** Would compare parameters of different features. */
    @Test
    void versions_of_different_specifications_are_not_compared() throws Exception {
        server.publish(Published.records(FARES, "", 10, 7, 1));
        ModelSpec wider = ModelSpec.parse("{name: fares, label: y, features: {numeric: [w, x], standardize: false},"
                + " loss: mean-squared-error}");
        server.publish(Published.records(wider, "", 20, 8, 2));

        assertThat(server.get("/v2/models/fares/movers").body()).isEqualTo("{\"name\":\"fares\",\"movers\":[]}");
    }

    @Test
    void a_model_with_keys_is_asked_for_one_of_them() throws Exception {
        server.publish(Published.records(SHOPS, "a", 10, 1, 1));
        server.publish(Published.records(SHOPS, "a", 20, 2, 2));

        assertThat(server.get("/v2/models/shops/movers").statusCode()).isEqualTo(400);
        assertThat(server.get("/v2/models/shops/movers?key=b").statusCode()).isEqualTo(404);
        assertThat(new JsonObject(server.get("/v2/models/shops/movers?key=a").body()).getJsonArray("movers"))
                .hasSize(2);
        assertThat(server.get("/v2/models/unknown/movers").statusCode()).isEqualTo(404);
    }

    @Test
    void the_reasons_of_dead_letters_can_be_read_before_a_model_is_served() throws Exception {
        server.deadLetters.add("encode", "fares", "x: two (expected: a number)", RunningServer.NOW);

        HttpResponse<String> response = server.get("/v2/models/fares/dead-letters");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(response.body()).getJsonArray("reasons").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("stage", "encode")
                        .put("reason", "x: two (expected: a number)")
                        .put("count", 1)
                        .put("newest_at", "2026-09-21T14:14:20Z"));
    }

    @Test
    void the_topic_belongs_to_the_samples_that_a_model_learns() throws Exception {
        server.publish(new SnapshotCodec().write(Published.snapshot(FARES, "", 10, 1), "clicks", 1, "0.1.0"));

        assertThat(new JsonObject(server.get("/v2/models/fares/dead-letters").body()).getString("topic"))
                .isEqualTo("clicks-dlt");
    }

    @Test
    void hashed_features_that_moved_have_the_names_in_recent_samples() throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: cities, label: y, features: {categorical: [city], hashBits: 3},"
                + " loss: mean-squared-error}");
        server.publish(Published.records(spec, "", 10, 1, 1));
        server.publish(Published.records(spec, "", 20, 2, 2));
        sample(Map.of("y", 1.0), Map.of("city", "Rome"));

        JsonArray movers = server.json("/v2/models/cities/movers").getJsonArray("movers");

        assertThat(movers.stream().map(mover -> ((JsonObject) mover).getString("name")))
                .hasSize(9)
                .contains("bias", "city=Rome");
    }

    @Test
    void an_example_has_the_values_of_a_recent_sample_and_no_label() throws Exception {
        server.publish(Published.records(FARES, "", 10, 1, 1));
        sample(Map.of("x", 2.5, "y", 9.0), Map.of());

        assertThat(server.json("/v2/models/fares/example").encode())
                .isEqualTo("{\"name\":\"fares\",\"source\":\"record\",\"at\":\"2026-09-21T14:14:20Z\","
                        + "\"values\":{\"x\":2.5}}");
    }

    @Test
    void an_example_without_samples_has_the_means_that_the_parameters_have_learned() throws Exception {
        ModelSpec spec =
                ModelSpec.parse("{name: prices, label: y, features: {numeric: [x, z]}, loss: mean-squared-error}");
        Snapshot plain = Published.snapshot(spec, "", 10, 1);
        Snapshot learned = new Snapshot(
                spec,
                "",
                10,
                10,
                new float[spec.parameterCount()],
                new double[] {4, 2.5, 1, -3, 1},
                plain.lineage(),
                new long[0],
                null);
        server.publish(new SnapshotCodec().write(learned, "freshet.samples", 1, "0.1.0"));

        assertThat(server.json("/v2/models/prices/example").encode())
                .isEqualTo("{\"name\":\"prices\",\"source\":\"means\",\"values\":{\"x\":2.5,\"z\":-3.0}}");
        assertThat(server.get("/v2/models/unknown/example").statusCode()).isEqualTo(404);
    }

    @Test
    void the_specification_has_what_changed_last() throws Exception {
        server.publish(Published.records(FARES, "", 10, 1, 1_000));
        assertThat(server.json("/v2/models/fares/specification").getMap()).doesNotContainKey("changed");
        ModelSpec slower = ModelSpec.parse("{name: fares, label: y, features: {numeric: [x], standardize: false},"
                + " loss: mean-squared-error, optimizer: {type: sgd, learningRate: 0.001}}");
        server.publish(Published.records(slower, "", 20, 1, 2_000));
        server.publish(Published.records(slower, "", 30, 1, 3_000));

        JsonObject specification = server.json("/v2/models/fares/specification");

        assertThat(specification.getString("yaml")).isEqualTo(slower.toYaml());
        assertThat(specification.getString("hash")).isEqualTo(slower.hash());
        JsonObject changed = specification.getJsonObject("changed");
        assertThat(changed.getString("at")).isEqualTo("1970-01-01T00:00:02Z");
        assertThat(changed.getString("from")).isEqualTo(FARES.hash());
        assertThat(changed.getJsonArray("differences").stream().map(each -> ((JsonObject) each).getString("field")))
                .contains("optimizer.learningRate");
    }

    /** Would lose the change that matters most: the one after which the model starts again. */
    @Test
    void an_incompatible_specification_is_a_change_too() throws Exception {
        server.publish(Published.records(FARES, "", 10, 1, 1_000));
        ModelSpec keyed = ModelSpec.parse("{name: fares, key: shop, label: y, features: {numeric: [x],"
                + " standardize: false}, loss: mean-squared-error}");
        server.publish(Published.records(keyed, "a", 20, 1, 2_000));

        assertThat(server.json("/v2/models/fares/specification")
                        .getJsonObject("changed")
                        .getJsonArray("differences")
                        .encode())
                .contains("{\"field\":\"key\",\"after\":\"shop\"}");
    }

    @Test
    void keys_are_found_by_prefix_and_a_bounded_number_is_listed() throws Exception {
        for (int i = 0; i < 150; i++) {
            server.publish(Published.records(SHOPS, "k%03d".formatted(i), 10, 1, 1));
        }
        server.publish(Published.records(SHOPS, "other", 10, 1, 1));

        JsonObject all = server.json("/v2/models/shops/keys");
        JsonObject some = server.json("/v2/models/shops/keys?prefix=k14");

        assertThat(all.getInteger("total")).isEqualTo(151);
        assertThat(all.getJsonArray("keys"))
                .hasSize(100)
                .startsWith("k000", "k001")
                .endsWith("k099");
        assertThat(some.getJsonArray("keys")).hasSize(10).startsWith("k140").endsWith("k149");
    }

    /** Would catch searches of many keys that delay a rollback, or wait for scrapes. */
    @Test
    void keys_are_found_while_all_other_workers_are_busy() throws Exception {
        server.publish(Published.records(SHOPS, "S1", 10, 1, 1));
        CountDownLatch scraped = new CountDownLatch(1);
        server.gauge("slow", () -> {
            try {
                scraped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 1;
        });
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> scrapes = Stream.generate(() ->
                        client.sendAsync(server.request("/metrics").build(), HttpResponse.BodyHandlers.ofString()))
                .limit(2)
                .toList();

        assertThat(server.json("/v2/models/shops/keys").getJsonArray("keys")).containsExactly("S1");

        assertThat(scrapes).noneMatch(CompletableFuture::isDone);
        scraped.countDown();
        for (CompletableFuture<HttpResponse<String>> scrape : scrapes) {
            assertThat(scrape.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_server_that_any_host_can_ask_shows_no_values_of_records() throws Exception {
        try (RunningServer open = new RunningServer(ServerOptions.of("unused:1").withAddress("0.0.0.0", 0))) {
            open.publish(Published.records(SHOPS, "S1", 10, 1, 1));
            open.deadLetters.add("encode", "shops", "x: s3cret (expected: a number)", RunningServer.NOW);

            assertThat(open.get("/v2/models/shops/dead-letters").body())
                    .contains("x (expected: a number)")
                    .doesNotContain("s3cret");
            assertThat(open.get("/v2/models/shops/keys").body())
                    .isEqualTo("{\"name\":\"shops\",\"total\":1,\"keys\":[],\"withheld\":true}");
            assertThat(open.json("/v2/models/shops/keys?prefix=S1").getJsonArray("keys"))
                    .containsExactly("S1");
        }
    }

    @Test
    void each_class_has_its_metrics_the_most_frequent_first() throws Exception {
        Tally total = Tally.of(Task.BINARY, 1);
        float[] labels = {1, 0, 0};
        float[] logits = {-1, -1, -1};
        for (int i = 0; i < 3; i++) {
            total.add(0.5, 1, new PredictedSamples(1, labels, logits, logits), i, i, 1);
        }
        server.evaluate(Evaluated.of("churn", "", total, RunningServer.NOW, Evaluation.Progress.UNKNOWN));

        JsonObject classes = server.json("/v2/models/churn/classes");

        assertThat(classes.getInteger("total")).isEqualTo(2);
        assertThat(classes.getJsonArray("classes").getJsonObject(0).getMap())
                .containsEntry("class", "0")
                .containsEntry("weight", 2.0)
                .containsEntry("recall", 1.0);
        assertThat(classes.getJsonArray("classes").getJsonObject(1).getMap())
                .containsEntry("class", "1")
                .containsEntry("precision", null)
                .containsEntry("recall", 0.0);
        assertThat(server.json("/v2/models/unknown/classes").getJsonArray("classes"))
                .isEmpty();
    }

    private void sample(Map<String, Double> numbers, Map<String, String> texts) {
        byte[] value = new SampleWriter().write("", "", RunningServer.NOW, numbers, texts);
        server.topics.add("freshet.samples", new byte[0], value, RunningServer.NOW);
    }
}
