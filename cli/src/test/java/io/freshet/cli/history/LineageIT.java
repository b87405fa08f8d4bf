package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.snapshot.TopicFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a lineage that does not reproduce the parameters: a wrong sample count, a change at the wrong sample. */
@Timeout(180)
class LineageIT {
    private static final String WHOLE = """
            name: whole
            label: y
            features: {numeric: [a, b], categorical: [d], hashBits: 6}
            loss: binary-cross-entropy
            optimizer: {type: rmsprop, learningRate: 0.01}
            schedule: {type: plateau, patience: 1, gamma: 0.5}
            batch: {size: 7}
            holdout: 0.1
            evaluation: {window: 50}
            publish: {everySamples: 100, everyMillis: 100, minimumMillis: 0}
            """;
    private static final String KEYED = """
            name: keyed
            label: t
            key: c
            features: {numeric: [a, b], categorical: [d], hashBits: 4}
            loss: mean-squared-error
            optimizer: {type: sgd, learningRate: 0.01}
            publish: {everySamples: 50, everyMillis: 500, minimumMillis: 0}
            """;

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void replays_versions_of_a_live_job_before_and_after_a_change() throws Exception {
        LineageRun run = LineageRun.create(kafka, "live", 1, directory);
        run.apply(WHOLE);
        run.apply(KEYED);
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 2)) {
            run.submit(cluster, false, RecordFormat.avro());
            AtomicLong sent = new AtomicLong();
            run.send(samples(run, sent, 1500));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !run.history("whole").isEmpty());
            run.apply(WHOLE.replace("0.01", "0.05"));
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> {
                        run.send(samples(run, sent, 60));
                        List<JsonNode> entries = run.history("whole");
                        return entries.get(entries.size() - 1).get("changes").size() == 2;
                    });
            run.awaitPublished("whole");
        }

        List<JsonNode> entries = run.history("whole");
        assertChained(entries);
        JsonNode last = entries.get(entries.size() - 1);
        assertThat(last.get("changes").get(0).get("position").asLong()).isZero();
        assertThat(last.get("changes").get(1).get("position").asLong()).isPositive();
        assertThat(last.get("received").asLong())
                .isGreaterThan(last.get("version").asLong());
        int step = Math.max(1, entries.size() / 8);
        for (int i = entries.size() - 1; i >= 0; i -= step) {
            String version = entries.get(i).get("version").asText();
            Run replay = run.done("replay", "whole", "--version", version);
            assertThat(replay.out())
                    .contains("\nidentical: 67 parameters, checksum "
                            + entries.get(i).get("checksum").asText())
                    .contains("compared with the published parameters");
        }
        assertThat(run.done("history", "whole").out())
                .contains(last.get("specHash").asText() + "*");

        List<JsonNode> keys = run.history("keyed", "--key", "c1");
        assertChained(keys);
        for (JsonNode entry : List.of(keys.get(keys.size() / 2), keys.get(keys.size() - 1))) {
            Run replay = run.done(
                    "replay",
                    "keyed",
                    "--key",
                    "c1",
                    "--version",
                    entry.get("version").asText());
            assertThat(replay.out()).contains("identical: 19 parameters");
        }
        assertThat(run.history("keyed")).hasSizeGreaterThan(keys.size());
    }

    /** Asserts that each snapshot's parent is the previous snapshot. */
    private static void assertChained(List<JsonNode> entries) {
        assertThat(entries).hasSizeGreaterThan(2);
        assertThat(entries.get(0).get("parent").isNull()).isTrue();
        for (int i = 1; i < entries.size(); i++) {
            assertThat(entries.get(i).get("parent"))
                    .isEqualTo(entries.get(i - 1).get("version"));
        }
    }

    @Test
    void replays_the_end_of_a_bounded_input_and_reports_different_samples() throws Exception {
        LineageRun run = LineageRun.create(kafka, "ended", 1, directory);
        run.apply(WHOLE);
        run.send(samples(run, new AtomicLong(), 1000));
        run.learn(RecordFormat.avro());
        List<JsonNode> entries = run.history("whole");
        String first = entries.get(0).get("version").asText();
        String last = entries.get(entries.size() - 1).get("version").asText();
        assertThat(run.json("replay", "whole").get("identical").asBoolean()).isTrue();
        assertThat(run.done("replay", "whole", "--version", first).out()).contains("identical");

        // The eleventh sample from the end gets another label.
        List<ConsumerRecord<byte[], byte[]>> records = run.samples();
        run.createTopic("other", 1);
        run.createTopic("changed", 1);
        run.send(records.stream()
                .map(record -> copy(record, "other", record.value()))
                .toList());
        assertThat(run.done("replay", "whole", "--samples", "other").out()).contains("identical");
        List<ProducerRecord<byte[], byte[]>> changed = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            byte[] value = i == records.size() - 11
                    ? sample(i, 1 - label(i))
                    : records.get(i).value();
            changed.add(copy(records.get(i), "changed", value));
        }
        run.send(changed);
        Run different = run.run("replay", "whole", "--samples", "changed");
        assertThat(different.code()).isEqualTo(1);
        assertThat(different.out()).contains("\ndifferent: checksum ", "PARAMETER", "PUBLISHED", "REPLAYED", "bias");

        // In another format, no record is a sample.
        Run json = run.run("replay", "whole", "--format", "json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.err()).contains("partition 0: 0 samples for the model (expected: the ");

        JsonNode diff = run.json("diff", "whole", first, last);
        Map<Long, float[]> published = published(run.topics().parameters());
        float[] before = published.get(Long.parseLong(first));
        float[] after = published.get(Long.parseLong(last));
        double squares = 0;
        double largestMove = 0;
        for (int i = 0; i < before.length; i++) {
            squares += Math.pow((double) after[i] - before[i], 2);
            largestMove = Math.max(largestMove, Math.abs((double) after[i] - before[i]));
        }
        double layers = 0;
        for (JsonNode layer : diff.get("layers")) {
            layers += Math.pow(layer.get("normDifference").asDouble(), 2);
        }
        assertThat(layers).isCloseTo(squares, org.assertj.core.data.Percentage.withPercentage(1e-9));
        JsonNode largest = diff.get("largest").get(0);
        assertThat(Math.abs(largest.get("difference").asDouble())).isEqualTo(largestMove);
        assertThat(largest.get("name").asText()).matches("a|b|bias|d#\\d+");

        clear(run.topics().parameters());
        assertThat(run.done("replay", "whole", "--version", last).out()).contains("compared with the checksum");
        Run again = run.done("diff", "whole", first, last, "--output", "json");
        assertThat(again.err()).contains("version " + first + ": no longer published; replaying its");
        assertThat(run.json("diff", "whole", first, last)).isEqualTo(diff);
        Run wrong = run.run("diff", "whole", first, last, "--samples", "changed");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("version " + last + ": replayed parameters have checksum ", " (expected: ");
        assertThat(wrong.out()).isEmpty();

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            TopicPartition partition = new TopicPartition(run.topics().samples(), 0);
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(5)))
                    .all()
                    .get();
        }
        Run gone = run.run("replay", "whole");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err().strip())
                .isEqualTo("freshet: topic ended.samples, partition 0: starts at offset 5; earlier records were deleted"
                        + " (expected: offset 1, the first one learned)");
        assertThat(run.run("replay", "whole", "--version", "3").err()).contains("version 3: not on ended.history");
        assertThat(run.run("replay", "whol").err()).contains("no snapshot on ended.history (expected: whole?)");
        assertThat(run.run("replay", "whole", "--key", "c").err())
                .contains("(expected: no --key, since the model has no key)");
    }

    @Test
    void replays_json_samples_but_not_two_partitions_learned_as_they_arrived() throws Exception {
        LineageRun run = LineageRun.create(kafka, "json", 2, directory);
        run.apply("{name: m, label: $.y, features: {numeric: [$.in.a]}, loss: mean-squared-error}");
        run.apply("{name: k, label: $.y, key: $.c, features: {numeric: [$.in.a]}, loss: mean-squared-error}");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String value =
                    String.format(Locale.ROOT, "{\"in\": {\"a\": %d}, \"y\": %d, \"c\": \"c%d\"}", i % 7, i % 3, i % 2);
            records.add(run.sample(i % 2, value.getBytes(UTF_8)));
        }
        run.send(records);
        run.learn(new RecordFormat.Json(RecordFields.NONE));

        assertThat(run.done("replay", "k", "--key", "c1", "--format", "json").out())
                .contains("identical");
        RecordedFormat.write(
                KafkaCluster.at(kafka.bootstrapServers()),
                run.topics(),
                new TopicFormat(run.topics().samples(), "json", null, RecordFields.NONE, List.of()),
                Instant.EPOCH);
        assertThat(run.done("replay", "k", "--key", "c1").out()).contains("identical: ");
        assertThat(run.run("replay", "k", "--key", "c1", "--format", "avro").err())
                .contains("--format: avro (expected: json, in which the job reads "
                        + run.topics().samples() + ")");
        assertThat(run.run("replay", "k", "--key", "c1", "--format", "xml").err())
                .contains("--format: xml (expected: json, ");
        Run unknown = run.run("replay", "m", "--format", "json");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err())
                .contains("learned from 2 partitions in an unrecorded order (expected: all samples of a model and key"
                        + " in one partition, or order: strict from the first sample)");
        assertThat(run.run("replay", "k", "--key", "c3").err()).contains("key c3: no snapshot on json.history");
    }

    @Test
    void lists_the_keys_of_a_keyed_model_if_none_is_given() throws Exception {
        LineageRun run = LineageRun.create(kafka, "keys", 1, directory);
        run.apply(KEYED);
        run.send(samples(run, new AtomicLong(), 300));
        run.learn(RecordFormat.avro());

        for (String[] command :
                List.of(new String[] {"replay", "keyed"}, new String[] {"diff", "keyed", "50", "100"})) {
            Run missing = run.run(command);
            assertThat(missing.code()).as(missing.err()).isEqualTo(2);
            assertThat(missing.err()).startsWith("freshet: --key: missing (expected: one of c0, c1");
        }
    }

    @Test
    void replays_a_file_and_reports_a_different_file() throws Exception {
        Path spec = Files.writeString(directory.resolve("m.yaml"), """
                {name: m, label: y, key: c, features: {numeric: [a]}, loss: mean-squared-error, batch: {size: 8},
                 epochs: 3, shuffle: true, holdout: 0.2, optimizer: {type: rmsprop}}
                """);
        Path rows = directory.resolve("rows.csv");
        List<String> lines = new ArrayList<>(List.of("a,y,c"));
        for (int i = 0; i < 300; i++) {
            lines.add(i % 50 == 7 ? "x,1,c0" : i % 11 + "," + i % 7 + ",c" + i % 3);
        }
        Files.write(rows, lines);
        String saved = directory.resolve("m.snapshot").toString();
        Run trained = Run.of("train", "--spec", spec.toString(), "--input", rows.toString(), "--save", saved);
        assertThat(trained.code()).as(trained.err()).isZero();

        List<String> replay = List.of("replay", "m", "--key", "c1", "--against", saved, "--input", rows.toString());
        Run same = Run.of(replay.toArray(String[]::new));
        assertThat(same.out())
                .as(same.err())
                .contains("\nidentical: 2 parameters")
                .contains("compared with " + saved);
        assertThat(same.code()).isZero();

        lines.set(3, "9,0,c1");
        Files.write(rows, lines);
        Run other = Run.of(replay.toArray(String[]::new));
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.out()).contains("\ndifferent: checksum ", ", 2 of 2 parameters");

        lines.subList(100, 300).clear();
        Files.write(rows, lines);
        Run shortened = Run.of(replay.toArray(String[]::new));
        assertThat(shortened.code()).isEqualTo(1);
        assertThat(shortened.err()).contains("rows.csv: ").contains("samples for the model (expected: the ");

        Run withoutKey = Run.of("diff", saved, saved);
        assertThat(withoutKey.code()).isEqualTo(2);
        assertThat(withoutKey.err()).contains("3 snapshots (expected: --key, one of c0, c1, c2)");
        assertThat(Run.of("diff", saved, saved, "--key", "c0").out()).contains(": 0 of 2 parameters moved");
    }

    /** Returns the next samples: some invalid, and some for one model only. */
    private static List<ProducerRecord<byte[], byte[]>> samples(LineageRun run, AtomicLong sent, int count) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long number = sent.getAndIncrement();
            byte[] value = sample(number, label(number));
            if (number % 23 == 0) {
                records.add(run.sample(0, new byte[] {1, 2, 3}));
            } else if (number % 19 == 0) {
                records.add(run.sampleFor("keyed", value));
            } else if (number % 17 == 0) {
                records.add(run.sample(0, sample(number, 5)));
            } else {
                records.add(run.sample(0, value));
            }
        }
        return records;
    }

    private static double label(long number) {
        return new SplittableRandom(number).nextDouble(-3, 3) > 0.3 ? 1 : 0;
    }

    private static byte[] sample(long number, double label) {
        SplittableRandom random = new SplittableRandom(number);
        double a = random.nextDouble(-3, 3);
        double b = random.nextDouble(0, 1000);
        Map<String, Double> numbers = new LinkedHashMap<>(Map.of("a", a, "b", b, "y", label, "t", 3 * a - b / 100));
        Map<String, String> texts = Map.of("c", "c" + random.nextInt(3), "d", "d" + random.nextInt(20));
        return new SampleWriter().write("id" + number, "", 1_000_000 + number, numbers, texts);
    }

    private static ProducerRecord<byte[], byte[]> copy(
            ConsumerRecord<byte[], byte[]> record, String topic, byte[] value) {
        return new ProducerRecord<>(topic, 0, record.key(), value, record.headers());
    }

    private static Map<Long, float[]> published(String topic) throws Exception {
        Map<Long, float[]> published = new HashMap<>();
        SnapshotReader snapshots = new SnapshotReader();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(kafka.bootstrapServers()), topic)) {
            reader.readToEnd(record -> {
                try {
                    Snapshot snapshot = snapshots
                            .read(record.key(), record.value())
                            .snapshot()
                            .snapshot();
                    published.put(snapshot.version(), snapshot.parameters());
                } catch (io.freshet.schemas.avro.MalformedRecordException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        return published;
    }

    /** Deletes all records of a compacted topic. */
    private static void clear(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var policy = new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(policy)))
                    .all()
                    .get();
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
    }
}
