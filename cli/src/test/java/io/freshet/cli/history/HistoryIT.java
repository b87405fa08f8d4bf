package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches versions listed in the wrong order, twice, or under the wrong incarnation. No job runs: the records are given. */
@Timeout(180)
class HistoryIT {
    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void lists_a_version_published_twice_once_unless_its_parameters_differ() throws Exception {
        LineageRun run = LineageRun.create(kafka, "twice", 1, directory);
        List<KeyedBytes> records = new ArrayList<>();
        records.add(entry(100, -1, 1));
        records.add(entry(200, 100, 2));
        records.add(entry(300, 200, 3));
        records.add(entry(200, 150, 2));
        records.add(entry(300, 200, 4, new Lineage.Undone(120, 250)));
        send(run, run.topics().history(), records);

        assertThat(run.history("m").stream().map(entry -> entry.get("version").asLong()))
                .containsExactly(100L, 200L, 300L, 300L);
        assertThat(run.done("history", "m", "--limit", "2").out())
                .contains("the newest 2 of 5 publications (--limit)")
                .contains("version 300: several checksums")
                .contains("REVERTED")
                .contains(" 121..250");
        assertThat(run.json("history", "m").get(3).get("undone").toString())
                .isEqualTo("[{\"after\":120,\"samples\":250}]");
        assertThat(run.done("replay", "--help").out()).contains("--checksum");
    }

    @Test
    void lists_the_incarnations_of_a_model_one_after_the_other() throws Exception {
        LineageRun run = LineageRun.create(kafka, "again", 1, directory);
        List<KeyedBytes> records = new ArrayList<>();
        for (long version = 100; version <= 300; version += 100) {
            records.add(published(0, version, version));
        }
        for (long version = 100; version <= 300; version += 100) {
            records.add(published(1000, version, 5000 + version));
        }
        // Published again after a failure, with the same parameters.
        records.add(published(0, 200, 6000));
        send(run, run.topics().history(), records);

        List<JsonNode> entries = run.history("m");
        assertThat(entries.stream()
                        .map(entry -> entry.get("incarnation").asInt() + "/"
                                + entry.get("version").asLong()))
                .containsExactly("1/100", "1/200", "1/300", "2/100", "2/200", "2/300");
        assertThat(run.done("history", "m").out()).contains("INCARNATION").doesNotContain("several checksums");
    }

    /** The incarnation and the ambiguous version depend on entries that are not listed. */
    @Test
    void a_long_history_is_listed_from_its_end() throws Exception {
        LineageRun run = LineageRun.create(kafka, "long", 1, directory);
        List<KeyedBytes> records = new ArrayList<>();
        for (long version = 1; version <= 1_000; version++) {
            records.add(published(0, version, version));
        }
        records.add(published(5_000, 19_999, 5_000));
        for (long version = 1; version <= 20_000; version++) {
            records.add(published(9_000, version, 10_000 + version));
        }
        send(run, run.topics().history(), records);

        Run listed = run.done("history", "m", "--limit", "3");
        assertThat(listed.outLines()).last().isEqualTo("the newest 3 of 21,001 publications (--limit)");
        assertThat(run.json("history", "m", "--limit", "3").findValues("incarnation"))
                .extracting(JsonNode::asInt)
                .containsExactly(3, 3, 3);
        assertThat(run.json("history", "m", "--limit", "3").findValues("version"))
                .extracting(JsonNode::asLong)
                .containsExactly(19_998L, 19_999L, 20_000L);
    }

    @Test
    void names_the_versions_with_several_checksums_in_one_line() throws Exception {
        LineageRun run = LineageRun.create(kafka, "ambiguous", 1, directory);
        List<KeyedBytes> records = new ArrayList<>();
        for (long version = 1; version <= 30; version++) {
            records.add(entry(version, -1, 1));
            records.add(entry(version, -1, 2));
        }
        send(run, run.topics().history(), records);

        assertThat(run.done("history", "m", "--limit", "60").outLines())
                .hasSize(1 + 60 + 1)
                .last()
                .asString()
                .startsWith("versions 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 20 more: several checksums: ");
        assertThat(run.done("history", "m", "--limit", "4").outLines())
                .hasSize(1 + 4 + 2)
                .last()
                .asString()
                .startsWith("versions 29, 30: several checksums: ");
        assertThat(run.done("history", "m", "--limit", "4").out()).doesNotContain("INCARNATION");
    }

    @Test
    void diff_compares_one_version_with_the_newest() throws Exception {
        LineageRun run = LineageRun.create(kafka, "newest", 1, directory);
        List<KeyedBytes> snapshots = new ArrayList<>();
        List<KeyedBytes> history = new ArrayList<>();
        for (long version = 100; version <= 300; version += 100) {
            snapshots.addAll(new SnapshotCodec().write(snapshot(0, version), "samples", version, "0.1.0"));
            history.add(published(0, version, version));
        }
        send(run, run.topics().parameters(), snapshots);
        send(run, run.topics().history(), history);

        assertThat(run.done("diff", "m", "100").out())
                .startsWith("m, version 100 to version 300: 1 of 2 parameters moved");
        Run word = run.run("diff", "m", "first");
        assertThat(word.code()).isEqualTo(2);
        assertThat(word.err())
                .startsWith("freshet: m: no such file (expected: <model> <version>, <model> <version1> <version2>, or"
                        + " <file1> <file2>)");
    }

    @Test
    void rejects_a_version_whose_first_specifications_are_no_longer_recorded() throws Exception {
        LineageRun run = LineageRun.create(kafka, "forgetful", 1, directory);
        KeyedBytes record = entry(100, -1, 1, List.of(new Lineage.Change(7, 6, "0123456789abcdef")));
        send(run, run.topics().history(), List.of(record));

        Run replay = run.run("replay", "m");
        assertThat(replay.code()).isEqualTo(1);
        assertThat(replay.err().strip())
                .isEqualTo(
                        "freshet: specifications of the first 7 samples: no longer recorded, since a lineage keeps the last 1"
                                + " (expected: an earlier version)");
    }

    /** As after a rollback from a version that knew fields which this one does not. */
    @Test
    void an_unreadable_specification_concerns_the_snapshots_that_name_it_only() throws Exception {
        LineageRun run = LineageRun.create(kafka, "foreign", 1, directory);
        KeyedBytes readable = entry(50, -1, 1);
        List<KeyedBytes> snapshots = new ArrayList<>();
        List<KeyedBytes> history = new ArrayList<>();
        history.add(new KeyedBytes("#spec/0123456789abcdef".getBytes(UTF_8), newer("b")));
        history.add(new KeyedBytes("b/".getBytes(UTF_8), newer("b")));
        history.add(new KeyedBytes("no key of a model".getBytes(UTF_8), readable.value()));
        history.add(new KeyedBytes(null, readable.value()));
        history.add(new KeyedBytes(readable.key(), null));
        for (long version = 100; version <= 200; version += 100) {
            snapshots.addAll(new SnapshotCodec().write(snapshot(0, version), "samples", version, "0.1.0"));
            history.add(published(0, version, version));
        }
        send(run, run.topics().parameters(), snapshots);
        send(run, run.topics().history(), history);

        assertThat(run.done("history", "m").outLines()).hasSize(3);
        assertThat(run.done("diff", "m").out()).startsWith("m, version 100 to version 200: 1 of 2 parameters moved");
        Run foreign = run.run("history", "b");
        assertThat(foreign.code()).isOne();
        assertThat(foreign.err()).contains("topic foreign.history, partition 0, offset ");

        send(
                run,
                run.topics().history(),
                List.of(entry(300, -1, 1, List.of(new Lineage.Change(0, 0, "0123456789abcdef")))));
        assertThat(run.run("replay", "m", "--version", "300").err())
                .startsWith("freshet: specification 0123456789abcdef, in effect from sample 0: topic foreign.history,"
                        + " partition ")
                .contains("yaml: ");
    }

    /** Returns a specification with a field that only a newer version knows. */
    private static byte[] newer(String model) {
        return new WireFormat<io.freshet.wire.ModelSpec>(io.freshet.wire.ModelSpec.getClassSchema(), List.of())
                .write(new io.freshet.wire.ModelSpec(
                        model, "{name: " + model + ", fromTheFuture: 1}", Instant.ofEpochMilli(0)));
    }

    private static void send(LineageRun run, String topic, List<KeyedBytes> records) throws Exception {
        run.send(records.stream()
                .map(record -> new ProducerRecord<>(topic, record.key(), record.value()))
                .toList());
    }

    private static KeyedBytes entry(long version, long parent, float parameter, Lineage.Undone... undone) {
        return entry(version, parent, parameter, List.of(), undone);
    }

    /** Returns the history of a snapshot of the incarnation that starts at {@code first}. */
    private static KeyedBytes published(long first, long version, long publishedAt) {
        SnapshotCodec codec = new SnapshotCodec();
        return new HistoryCodec(codec)
                .write(codec.publish(snapshot(first, version), -1, "samples", publishedAt, "0.1.0"));
    }

    private static Snapshot snapshot(long first, long version) {
        return new Snapshot(
                ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error}"),
                "",
                version,
                version,
                new float[] {first + version, 0},
                new double[3],
                new Lineage(new int[] {0}, new long[] {first}, new long[] {first + version - 1}, 5, version, List.of()),
                new long[0],
                (Metrics) null);
    }

    private static KeyedBytes entry(
            long version, long parent, float parameter, List<Lineage.Change> changes, Lineage.Undone... undone) {
        SnapshotCodec codec = new SnapshotCodec();
        Snapshot snapshot = new Snapshot(
                ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error}"),
                "",
                version,
                version,
                new float[] {parameter, 0},
                new double[3],
                new Lineage(
                        new int[] {0},
                        new long[] {0},
                        new long[] {version - 1},
                        5,
                        version,
                        changes,
                        List.of(undone),
                        new Interleaving()),
                new long[0],
                (Metrics) null);
        PublishedSnapshot published = codec.publish(snapshot, parent, "samples", 1000, "0.1.0");
        return new HistoryCodec(codec).write(published);
    }
}
