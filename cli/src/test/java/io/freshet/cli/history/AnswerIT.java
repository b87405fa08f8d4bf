package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches an answer that is explained by another version than the one that gave it, a prediction that is computed from other
 * inputs than were asked, and an outcome or a sample of another id, model, or time.
 */
@Timeout(180)
class AnswerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long ASKED = 1_700_000_000_000L;

    @TempDir
    Path directory;

    @AutoClose
    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();

    private final SampleWriter samples = new SampleWriter();
    private LineageRun run;

    @BeforeEach
    void create() throws Exception {
        run = LineageRun.create(kafka, "loop", 1, directory);
        run.createTopic(run.topics().answers(), 3);
        run.createTopic(run.topics().outcomes(), 1);
        run.apply("""
                {name: ctr, label: clicked, features: {numeric: [a], categorical: [site], hashBits: 6},
                 loss: binary-cross-entropy, optimizer: {type: sgd, learningRate: 0.1}, join: {within: 1h, after: 0},
                 publish: {everySamples: 50, everyMillis: 200, minimumMillis: 0}}
                """);
    }

    @Test
    void follows_an_answer_to_its_version_its_reasons_and_its_outcome() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 1)) {
            run.submit(cluster, false, RecordFormat.avro());
            send(0, 200);
            Snapshot answering = awaitVersion(200);
            answer("r7", answering, prediction(answering, 1.5, "news"), true);
            answer("bare", answering, prediction(answering, 1.5, "news"), false);
            answer("wrong", answering, 0.25f, true);
            run.send(List.of(
                    outcome(
                            "r7",
                            "{\"model\":\"ctr\",\"id\":\"r7\",\"outcome_id\":\"o1\",\"value\":1,\"time\":"
                                    + (ASKED + 42_000) + "}"),
                    outcome("r7", "{\"model\":\"other\",\"id\":\"r7\",\"value\":5}"),
                    sample("r7", "other", Stage.COMPLETE, 0, null),
                    sample("r7", "ctr", Stage.OPEN, 0, null),
                    sample("r7", "ctr", Stage.CHANGED, 1, 0.0),
                    sample("r7", "ctr", Stage.CLOSED, 1, null)));
            send(200, 100);
            awaitVersion(302);
        }

        Run found = run.done("answer", "r7", "--contributions", "2");
        assertThat(found.out().lines().map(line -> line.replaceAll("\\s+", " ")))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("asked 2023-11-14T22:13:20Z a=1.5 site=news"),
                        line -> assertThat(line).startsWith("answered prediction 0."),
                        line -> assertThat(line)
                                .contains("by ctr, version 200 (stable), samples 0:0..199 of loop.samples")
                                .endsWith(", 420 ms old"),
                        line -> assertThat(line).startsWith("again identical: 0."),
                        line -> assertThat(line).isEqualTo(" FEATURE CONTRIBUTION"),
                        line -> assertThat(line).matches(" (a|site=news|bias) [+-]\\d.\\d{4}"),
                        line -> assertThat(line).matches(" (a|site=news|bias) [+-]\\d.\\d{4}"),
                        line -> assertThat(line).isEqualTo(" and 1 more"),
                        line -> assertThat(line).isEqualTo("outcome 1 (o1), 42 s after the request"),
                        line -> assertThat(line)
                                .startsWith(
                                        "samples label 0, may change, partition 0, offset 201, received by version "),
                        line -> assertThat(line)
                                .startsWith(" label 1, was 0, partition 0, offset 202, received by version "),
                        line -> assertThat(line)
                                .startsWith(" label 1, final, partition 0, offset 203, received by version "));

        JsonNode json = run.json("answer", "r7");
        assertThat(json.get("identical").asBoolean()).isTrue();
        double logit = 0;
        for (JsonNode contribution : json.get("contributions").get(0)) {
            logit += contribution.asDouble();
        }
        assertThat((float) (1 / (1 + Math.exp(-logit))))
                .isCloseTo(json.get("prediction").get(0).floatValue(), within(1e-6f));
        assertThat(json.get("outcomes")).hasSize(1);
        assertThat(json.get("samples")).hasSize(3);
        assertThat(json.get("samples").get(1).get("previous").asText()).isEqualTo("0");

        assertThat(run.done("answer", "bare").out())
                .contains("not computed, since the log has no fields")
                .contains("outcome   none so far")
                .contains("samples   none so far");

        Run wrong = run.run("answer", "wrong");
        assertThat(wrong.code()).isOne();
        assertThat(wrong.out()).contains("again     different: 0.");

        Run unknown = run.run("answer", "r8");
        assertThat(unknown.code()).isOne();
        assertThat(unknown.err()).contains("id r8: no answer on loop.answers (expected: one that a server logged");
        assertThat(run.run("answer", "r7", "--model", "other").err()).contains("id r7: no answer of model other");
    }

    /** Would catch the delays and the version of a repeated request beside the score of the first one. */
    @Test
    void explains_the_first_answer_of_an_id_since_the_join_takes_it() throws Exception {
        run.createTopic("bought", 1);
        run.send(List.of(
                logged("again", "ctr", 0, ASKED - 1_000, true),
                logged("again", "ctr", 0, ASKED, false),
                logged("again", "other", 0, ASKED + 1_000, false),
                logged("again", "ctr", 0, ASKED + 60_000, false),
                logged("again", "ctr", 0, ASKED + 61_000, false),
                new ProducerRecord<>(
                        "bought",
                        "again".getBytes(UTF_8),
                        ("{\"id\":\"again\",\"value\":1,\"time\":" + (ASKED + 90_000) + "}").getBytes(UTF_8))));

        Run found = run.done("answer", "again", "--model", "ctr", "--outcomes", "bought");
        assertThat(found.out())
                .contains("asked     2023-11-14T22:13:20Z")
                .contains("later     2 more answers of this id, which the join ignores");
        JsonNode json = run.json("answer", "again", "--model", "ctr", "--outcomes", "bought");
        assertThat(json.get("laterAnswers").asInt()).isEqualTo(2);
        assertThat(json.get("outcomes").get(0).get("delayMillis").asLong()).isEqualTo(90_000);
        assertThat(run.json("answer", "again", "--model", "ctr").get("outcomes"))
                .isEmpty();
    }

    @Test
    void asks_which_model_is_meant_if_several_answered() {
        run.send(List.of(logged("twice", "one", 1, ASKED, false), logged("twice", "two", 1, ASKED, false)));
        Run ambiguous = run.run("answer", "twice");
        assertThat(ambiguous.code()).isEqualTo(2);
        assertThat(ambiguous.err())
                .contains("--model: missing (expected: one of one, two, which all answered id twice)");
        run.send(List.of(new ProducerRecord<>(run.topics().answers(), "bad".getBytes(UTF_8), "7".getBytes(UTF_8))));
        assertThat(run.run("answer", "bad").err())
                .contains("no JSON object (expected: an answer that a server logged)");
    }

    private void send(int first, int count) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            records.add(sample("s" + i, "ctr", Stage.COMPLETE, i % 3 == 0 ? 1 : 0, null));
        }
        run.send(records);
    }

    private ProducerRecord<byte[], byte[]> sample(String id, String model, Stage stage, double label, Double previous) {
        SampleHeader header = new SampleHeader(id, model, ASKED, 0, stage, previous);
        return run.sample(
                0,
                samples.write(
                        header,
                        Map.of("a", (double) (id.hashCode() % 5), "clicked", label),
                        Map.of("site", label > 0 ? "news" : "shop"),
                        Map.of()));
    }

    private ProducerRecord<byte[], byte[]> outcome(String id, String json) {
        return new ProducerRecord<>(run.topics().outcomes(), id.getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private ProducerRecord<byte[], byte[]> logged(
            String id, String model, long version, long eventTime, boolean shadow) {
        String json = "{\"id\":\"" + id + "\",\"model\":\"" + model + "\",\"version\":" + version + ",\"event_time\":"
                + eventTime + ",\"shadow\":" + shadow + "}";
        return new ProducerRecord<>(run.topics().answers(), id.getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private void answer(String id, Snapshot by, float prediction, boolean fields) {
        String json =
                "{\"id\":\"" + id + "\",\"row\":0,\"time\":" + System.currentTimeMillis() + ",\"event_time\":" + ASKED
                        + ",\"model\":\"ctr\",\"key\":null,\"version\":" + by.version()
                        + ",\"version_label\":\"stable\",\"age_millis\":420,\"shadow\":false,\"outputs\":{\"prediction\":"
                        + prediction + "}" + (fields ? ",\"fields\":{\"a\":1.5,\"site\":\"news\"}" : "") + "}";
        run.send(List.of(new ProducerRecord<>(run.topics().answers(), id.getBytes(UTF_8), json.getBytes(UTF_8))));
    }

    private static float prediction(Snapshot snapshot, double a, String site) throws Exception {
        RowLayout layout = RowLayout.of(List.of(snapshot.spec()));
        Row row = new Row(layout);
        row.clear();
        row.number(layout.number("a"), a);
        row.copyText(layout.text("site"), site);
        return new Predictor(snapshot).predict(new FeatureEncoder(snapshot.spec(), layout).encodeFeatures(row))[0];
    }

    /** Waits for the snapshot of exactly this version. */
    private Snapshot awaitVersion(long version) {
        return await().atMost(PATIENCE).until(() -> published(version), found -> found != null);
    }

    private Snapshot published(long version) throws Exception {
        SnapshotReader reader = new SnapshotReader();
        List<Snapshot> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : run.records(run.topics().parameters())) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            PublishedSnapshot snapshot = change == null ? null : change.snapshot();
            if (snapshot != null && snapshot.snapshot().version() == version) {
                found.add(snapshot.snapshot());
            }
        }
        return found.isEmpty() ? null : found.get(0);
    }
}
