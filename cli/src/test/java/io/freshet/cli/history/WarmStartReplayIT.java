package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotFile;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a replay that starts from initial parameters instead of the warm start. */
@Timeout(240)
class WarmStartReplayIT {
    private static final String SHAPE = "features: {numeric: [a, b], categorical: [d], hashBits: 4}";
    private static final String TEACHER = """
            {name: teacher, label: y, %s, loss: binary-cross-entropy, publish: {everySamples: 50, everyMillis: 100, minimumMillis: 0}}
            """.formatted(SHAPE);
    /** Learns in batches, and switches to another warm start in the middle of one. */
    private static final String STUDENT = """
            {name: student, label: y, %s, loss: binary-cross-entropy, optimizer: {type: ftrl, learningRate: 0.1},
             batch: {size: 7}, publish: {everySamples: 50, everyMillis: 100, minimumMillis: 0}, evaluation: {window: 40}}
            """.formatted(SHAPE);

    private static final String KEYED = """
            {name: keyed, label: y, key: c, %s, loss: binary-cross-entropy, optimizer: {type: adam, learningRate: 0.01},
             publish: {everySamples: 20, everyMillis: 100, minimumMillis: 0}}
            """.formatted(SHAPE);

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    private LineageRun run;
    private int sent;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void replays_versions_before_and_after_a_switch_to_another_warm_start() throws Exception {
        run = LineageRun.create(kafka, "warm", 1, directory);
        run.apply(TEACHER);
        String taught;
        String warmStart;
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 2)) {
            run.submit(cluster, false, RecordFormat.avro());
            send(500);
            await("the teacher has learned").atMost(Duration.ofMinutes(1)).until(() -> received("teacher") == sent);
            taught = run.history("teacher").get(1).get("version").asText();
            apply(STUDENT, "teacher@" + taught);
            apply(KEYED, "teacher@" + taught);
            warmStart = run.json("describe", "student")
                    .at("/spec/warmStart/checksum")
                    .asText();
            sendUntil("both have started", () -> received("student") > 200 && received("keyed", "--key", "c2") > 50);

            PublishedSnapshot other = published("teacher");
            Path file = directory.resolve("other.snapshot");
            SnapshotFile.write(file, List.of(other));
            apply(STUDENT, file.toString());
            apply(KEYED, "keyed");
            sendUntil("both have switched", () -> changes("student") == 2 && changes("keyed", "--key", "c2") == 2);
            run.apply(STUDENT.replace("0.1}", "0.02}"));
            sendUntil("a later change keeps the warm start", () -> changes("student") == 3);
            run.awaitPublished("student");
            run.awaitPublished("keyed", "--key", "c2");
        }

        assertIdentical("student");
        assertIdentical("keyed", "--key", "c2");
        Run rows = run.run("replay", "student", "--input", rows().toString());
        assertThat(rows.out()).as(rows.err()).contains("\nidentical: 19 parameters");

        String first = run.history("student").get(0).get("version").asText();
        writeWarmStart(warmStart, published("teacher"));
        Run wrong = run.run("replay", "student", "--version", first);
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err())
                .startsWith(
                        "freshet: topic warm.models: warm start teacher@" + taught + " (" + warmStart + "): checksum: ")
                .endsWith(" (expected: " + warmStart + ")" + System.lineSeparator());

        clearModels();
        Run gone = run.run("replay", "student", "--version", first);
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err())
                .startsWith("freshet: topic warm.models: no warm start teacher@" + taught + " (" + warmStart
                        + ") (expected: the parameters that the version started from; ");
        assertThat(run.done("replay", "teacher").out()).contains("identical");
    }

    /** Replays the first and last version of each specification. */
    private void assertIdentical(String model, String... key) throws Exception {
        List<JsonNode> entries = run.history(with(key, model));
        int changes = 0;
        for (int i = 0; i < entries.size(); i++) {
            int now = entries.get(i).get("changes").size();
            boolean last =
                    i + 1 == entries.size() || entries.get(i + 1).get("changes").size() > now;
            if (now > changes || last) {
                String version = entries.get(i).get("version").asText();
                Run replay = run.run(with(key, "replay", model, "--version", version));
                assertThat(replay.out())
                        .as("version %s, %s", version, replay.err())
                        .contains("\nidentical: 19 parameters")
                        .contains("compared with the published parameters");
            }
            changes = now;
        }
        assertThat(changes).isGreaterThan(1);
    }

    private static String[] with(String[] more, String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void apply(String yaml, String from) throws Exception {
        Path file = Files.writeString(directory.resolve("from.yaml"), yaml);
        run.done("apply", "-f", file.toString(), "--from", from);
    }

    private void sendUntil(String what, Condition condition) {
        await(what)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    send(61);
                    return condition.holds();
                });
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    /** Returns the count of samples that the newest version received. */
    private long received(String model, String... key) throws Exception {
        JsonNode last = last(model, key);
        return last == null ? 0 : last.get("received").asLong();
    }

    private int changes(String model, String... key) throws Exception {
        JsonNode last = last(model, key);
        return last == null ? 0 : last.get("changes").size();
    }

    private JsonNode last(String model, String... key) throws Exception {
        List<JsonNode> entries = run.history(with(key, model));
        return entries.isEmpty() ? null : entries.get(entries.size() - 1);
    }

    private void send(int count) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Row row = new Row(sent++);
            records.add(run.sample(
                    0,
                    new SampleWriter()
                            .write(
                                    "",
                                    "",
                                    row.number,
                                    Map.of("a", row.a, "b", row.b, "y", row.y),
                                    Map.of("c", row.c, "d", row.d))));
        }
        run.send(records);
    }

    /** The fields of a sample, generated from its number. */
    private static final class Row {
        private final long number;
        private final double a;
        private final double b;
        private final double y;
        private final String c;
        private final String d;

        Row(long number) {
            SplittableRandom random = new SplittableRandom(number);
            this.number = number;
            a = random.nextDouble(-3, 3);
            b = random.nextDouble(0, 1000);
            y = a > 0.3 ? 1 : 0;
            c = "c" + random.nextInt(3);
            d = "d" + random.nextInt(20);
        }
    }

    /** Returns a file of the samples that the student learned. */
    private Path rows() throws Exception {
        long first = last("student").at("/partitions/0/first").asLong();
        List<String> lines = new ArrayList<>(List.of("a,b,y,c,d"));
        for (long number = first; number < sent; number++) {
            Row row = new Row(number);
            lines.add(row.a + "," + row.b + "," + row.y + "," + row.c + "," + row.d);
        }
        return Files.write(directory.resolve("rows.csv"), lines);
    }

    /** Returns the newest snapshot of a model without a key. */
    private PublishedSnapshot published(String model) throws Exception {
        SnapshotReader snapshots = new SnapshotReader();
        List<PublishedSnapshot> found = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(
                KafkaOptions.of(kafka.bootstrapServers()), run.topics().parameters())) {
            reader.readToEnd(record -> {
                try {
                    SnapshotReader.Change change = snapshots.read(record.key(), record.value());
                    if (change != null
                            && change.snapshot() != null
                            && change.key().model().equals(model)) {
                        found.add(change.snapshot());
                    }
                } catch (io.freshet.schemas.avro.MalformedRecordException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        return found.get(found.size() - 1);
    }

    /** Writes parameters for the student under a given checksum. */
    private void writeWarmStart(String checksum, PublishedSnapshot snapshot) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (KeyedBytes part : new WarmStartCodec().write("student", checksum, List.of(snapshot))) {
            records.add(new ProducerRecord<>(run.topics().models(), part.key(), part.value()));
        }
        run.send(records);
    }

    /** Deletes all records of the models topic, like compaction after a replacement. */
    private void clearModels() throws Exception {
        String topic = run.topics().models();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var policy = new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(policy)))
                    .all()
                    .get();
            // A broker applies the policy a moment after it has accepted it.
            await("the records are deleted")
                    .ignoreExceptionsMatching(e -> e.getCause() instanceof PolicyViolationException)
                    .until(() -> admin.deleteRecords(
                                    Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(-1)))
                            .all()
                            .thenApply(deleted -> true)
                            .get());
        }
    }
}
