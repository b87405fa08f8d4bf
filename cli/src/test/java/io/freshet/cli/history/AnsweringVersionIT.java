package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches an answer that is compared with parameters which did not give it, and one of which nothing is printed because they are
 * gone. No job runs: the records are given.
 */
@Timeout(180)
class AnsweringVersionIT {
    private static final long ASKED = 1_700_000_000_000L;
    private static final String M =
            "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error, join: {within: 1h}}";

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    private LineageRun run;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void create(TestInfo test) throws Exception {
        run = LineageRun.create(kafka, "t" + Math.abs(test.getDisplayName().hashCode()), 1, directory);
        run.createTopic(run.topics().answers(), 1);
        run.createTopic(run.topics().outcomes(), 1);
    }

    @Test
    void prints_what_is_known_of_a_version_that_cannot_be_rebuilt() throws Exception {
        history(ModelSpec.parse(M), "", 0, 3, -1);
        run.send(List.of(answer("\"m\",\"key\":null", 5), outcome("\"outcome_id\":\"o\",", 1)));

        Run found = run.run("answer", "q");
        assertThat(found.code()).as(found.err()).isEqualTo(3);
        assertThat(found.out())
                .contains("asked     2023-11-14T22:13:20Z a=1.5")
                .contains("answered  prediction 5.0")
                .contains("by        m, version 100, samples 0:0..99 of "
                        + run.topics().samples())
                .contains("again     not computed, since topic " + run.topics().samples())
                .contains("outcome   5 (o), 1 s after the request")
                .contains("samples   none so far");
        JsonNode json = run.json("answer", "q");
        assertThat(json.get("identical").isNull()).isTrue();
        assertThat(json.get("reason").asText())
                .startsWith("topic " + run.topics().samples());
    }

    @Test
    void prints_what_is_known_of_a_version_that_the_history_lacks() {
        run.send(List.of(answer("\"m\",\"key\":null", 5)));

        Run found = run.run("answer", "q");
        assertThat(found.code()).as(found.err()).isEqualTo(3);
        assertThat(found.out())
                .contains("by        m, version 100")
                .contains("again     not computed, since version 100 is not in the history of m (expected: a history"
                        + " retained as long as the answers)")
                .contains("samples   not read, since the specification of m is unknown (expected: an applied model)");
    }

    @Test
    void prints_what_is_known_without_a_history() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(run.topics().history())).all().get();
        }
        run.send(List.of(answer("\"m\",\"key\":null", 5), outcome("\"outcome_id\":\"o\",", 1)));

        Run found = run.run("answer", "q");
        assertThat(found.code()).as(found.err()).isEqualTo(3);
        assertThat(found.out())
                .contains("answered  prediction 5.0")
                .contains("again     not computed, since topic " + run.topics().history() + ": does not exist")
                .contains("outcome   5 (o), 1 s after the request");
        JsonNode json = run.json("answer", "q");
        assertThat(json.get("samples").isNull()).isTrue();
        assertThat(json.get("unread").get("samples").asText())
                .isEqualTo("the specification of m is unknown (expected: an applied model)");
    }

    /** The key has the same version by now, with parameters of its own. */
    @Test
    void compares_the_answer_of_a_parent_with_the_parameters_of_the_parent() throws Exception {
        String keyed =
                "{name: m, label: y, key: k, features: {numeric: [a]}, loss: mean-squared-error, join: {within: 1h}}";
        run.apply(keyed);
        published(ModelSpec.parse(keyed), "k1", 0, 3, -1);
        published(
                ModelSpec.parse("{name: all, label: y, features: {numeric: [a]}, loss: mean-squared-error}"),
                "",
                0,
                5,
                -1);
        run.send(List.of(answer("\"m\",\"key\":\"k1\",\"parent\":\"all\"", 5)));

        assertThat(run.done("answer", "q").out())
                .contains("by        all, parent of m/k1, version 100, samples ")
                .contains("again     identical: 5.0");
    }

    @Test
    void finds_the_snapshot_among_those_with_the_same_version() throws Exception {
        ModelSpec spec = ModelSpec.parse(M);
        published(spec, "", 0, 5, -2);
        published(spec, "", 1_000, 3, -1);
        run.send(List.of(answer("\"m\",\"key\":null", 5)));

        assertThat(run.done("answer", "q").out())
                .contains("by        m, version 100, samples 0:0..99 of")
                .contains("again     identical: 5.0");
    }

    @Test
    void an_answer_that_none_of_the_snapshots_gives_is_different() throws Exception {
        ModelSpec spec = ModelSpec.parse(M);
        published(spec, "", 0, 5, -2);
        published(spec, "", 1_000, 3, -1);
        run.send(List.of(answer("\"m\",\"key\":null", 9)));

        Run found = run.run("answer", "q");
        assertThat(found.code()).as(found.err()).isOne();
        assertThat(found.out())
                .contains("version 100, likely that of 2023-11-14T22:12:20Z, samples 0:1000..1099 of")
                .contains("again     different: 3.0, of 2 snapshots with this version");
    }

    @Test
    void an_answer_is_ambiguous_if_one_of_the_snapshots_cannot_be_rebuilt() throws Exception {
        ModelSpec spec = ModelSpec.parse(M);
        history(spec, "", 0, 5, -2);
        published(spec, "", 1_000, 3, -1);
        run.send(List.of(answer("\"m\",\"key\":null", 5)));

        Run found = run.run("answer", "q");
        assertThat(found.code()).as(found.err()).isEqualTo(3);
        assertThat(found.out())
                .contains("again     ambiguous, of 2 snapshots with this version, since topic "
                        + run.topics().samples())
                .doesNotContain("CONTRIBUTION");
    }

    @Test
    void marks_outcomes_that_are_doubled() throws Exception {
        published(ModelSpec.parse(M), "", 0, 5, -1);
        run.send(List.of(
                answer("\"m\",\"key\":null", 5),
                outcome("\"outcome_id\":\"o\",", 3),
                outcome("\"outcome_id\":\"o\",", 2),
                outcome("", 4),
                outcome("", 4),
                // Outside, so it does not count, and doubles nothing.
                outcome("\"outcome_id\":\"p\",", -5),
                outcome("\"outcome_id\":\"p\",", 5)));

        List<String> marked = new ArrayList<>();
        run.json("answer", "q")
                .get("outcomes")
                .forEach(outcome -> marked.add(outcome.get("delayMillis").asLong() / 1000 + " "
                        + outcome.get("doubled").asBoolean()));
        assertThat(marked).containsExactly("-5 false", "2 false", "3 true", "4 false", "4 true", "5 false");
        assertThat(run.done("answer", "q").out())
                .contains("5 (o), 2 s after the request; 5 (o), 3 s after the request, doubled: does not count");
    }

    /** @param by model and key, as in the log */
    private ProducerRecord<byte[], byte[]> answer(String by, double prediction) {
        String json = "{\"id\":\"q\",\"model\":" + by + ",\"version\":100,\"time\":" + ASKED + ",\"event_time\":"
                + ASKED + ",\"outputs\":{\"prediction\":" + prediction + "},\"fields\":{\"a\":1.5}}";
        return new ProducerRecord<>(run.topics().answers(), "q".getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private ProducerRecord<byte[], byte[]> outcome(String id, int seconds) {
        String json = "{\"id\":\"q\"," + id + "\"value\":5,\"time\":" + (ASKED + seconds * 1000L) + "}";
        return new ProducerRecord<>(run.topics().outcomes(), "q".getBytes(UTF_8), json.getBytes(UTF_8));
    }

    /** Publishes version 100 of a model that predicts {@code bias}. */
    private void published(ModelSpec spec, String key, long first, float bias, int minutes) throws Exception {
        Snapshot snapshot = snapshot(spec, key, first, bias);
        send(
                run.topics().parameters(),
                new SnapshotCodec().write(snapshot, run.topics().samples(), time(minutes), "test"));
        history(spec, key, first, bias, minutes);
    }

    /** Does the same without the parameters, as after compaction. */
    private void history(ModelSpec spec, String key, long first, float bias, int minutes) throws Exception {
        SnapshotCodec codec = new SnapshotCodec();
        KeyedBytes entry = new HistoryCodec(codec)
                .write(codec.publish(
                        snapshot(spec, key, first, bias), -1, run.topics().samples(), time(minutes), "test"));
        send(run.topics().history(), List.of(entry));
    }

    private void send(String topic, List<KeyedBytes> records) {
        run.send(records.stream()
                .map(record -> new ProducerRecord<>(topic, record.key(), record.value()))
                .toList());
    }

    /** @param minutes after the answer */
    private static long time(int minutes) {
        return ASKED + minutes * 60_000L;
    }

    private static Snapshot snapshot(ModelSpec spec, String key, long first, float bias) {
        return new Snapshot(
                spec,
                key,
                100,
                100,
                new float[] {bias, 0},
                new double[3],
                new Lineage(new int[] {0}, new long[] {first}, new long[] {first + 99}, 5, 100, List.of()),
                new long[0],
                (Metrics) null);
    }
}
