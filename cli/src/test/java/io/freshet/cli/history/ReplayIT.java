package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a replay that differs from a job that dropped duplicates, expired keys, or took partitions in turns: a
 * learned duplicate, an incarnation started too early, a wait for a partition that the job skipped.
 */
@Timeout(180)
class ReplayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    private LineageRun run;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void drops_the_same_duplicates_before_and_after_a_change_of_the_window() throws Exception {
        run = LineageRun.create(kafka, "once", 1, directory);
        String spec = """
                {name: m, label: y, features: {numeric: [a], sparse: [s, {field: t, hash: true}, u], hashBits: 5},
                 loss: mean-squared-error, holdout: 0.1,
                 optimizer: scale-free, batch: {size: 3}, deduplicate: 1s,
                 publish: {everySamples: 40, everyMillis: 200, minimumMillis: 0}}
                """;
        run.apply(spec);
        List<Integer> ids = new ArrayList<>();
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 1)) {
            run.submit(cluster, false, RecordFormat.avro());
            send(ids, 800);
            await().atMost(PATIENCE).until(() -> !run.history("m").isEmpty());
            run.apply(spec.replace("1s", "3s"));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
                send(ids, 60);
                return newest().get("changes").size() == 2;
            });
            send(ids, 400);
            await().atMost(PATIENCE).until(() -> newest().get("received").asInt() > ids.size() - 100);
            run.awaitPublished("m");
        }

        long changed = newest().get("changes").get(1).get("position").asLong();
        long late = run.history("m").stream()
                .filter(entry -> entry.get("received").asLong() > changed + 300)
                .count();
        assertThat(late).as("versions long after the change").isPositive();
        assertAllIdentical(6, 34);

        // Gives new ids to the first duplicate within the window, and to the first outside it.
        int dropped = first(ids, 100);
        int kept = first(ids, 300);
        List<ConsumerRecord<byte[], byte[]>> records = run.samples();
        copy("same", 1, records, records);
        assertThat(run.done("replay", "m", "--samples", "same").out()).contains("identical");
        copy("unlike", 1, records, replaced(records, dropped, "unique"));
        assertThat(run.run("replay", "m", "--samples", "unlike").out()).contains("\ndifferent: checksum ");
        copy("alike", 1, records, replaced(records, kept, "unique"));
        String before = version(run.history("m"), kept + 10, changed);
        assertThat(run.done("replay", "m", "--samples", "alike", "--version", before)
                        .out())
                .contains("identical");
    }

    /** Sends samples five milliseconds apart; some repeat the id of the sample 100 or 300 before. */
    private void send(List<Integer> ids, int count) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = ids.size();
            int before = number % 10 == 3 ? 100 : number % 10 == 7 ? 300 : 0;
            ids.add(number < before ? number : number - before);
            records.add(run.sample(0, sample("id" + ids.get(number), number, number * 5L, "c")));
        }
        run.send(records);
    }

    private static int first(List<Integer> ids, int before) {
        int number = before;
        while (ids.get(number) != number - before) {
            number++;
        }
        return number;
    }

    private static List<ConsumerRecord<byte[], byte[]>> replaced(
            List<ConsumerRecord<byte[], byte[]>> records, int number, String id) {
        List<ConsumerRecord<byte[], byte[]>> replaced = new ArrayList<>(records);
        ConsumerRecord<byte[], byte[]> record = records.get(number);
        replaced.set(
                number,
                new ConsumerRecord<>(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.key(),
                        sample(id, number, number * 5L, "c")));
        return replaced;
    }

    /** Returns the last version that received at least {@code least} samples, but fewer than {@code before}. */
    private static String version(List<JsonNode> entries, long least, long before) {
        String version = null;
        for (JsonNode entry : entries) {
            if (entry.get("received").asLong() >= least && entry.get("received").asLong() < before) {
                version = entry.get("version").asText();
            }
        }
        assertThat(version).as("a version from sample %s to %s", least, before).isNotNull();
        return version;
    }

    @Test
    void replays_each_incarnation_of_a_key_from_its_first_sample() throws Exception {
        run = LineageRun.create(kafka, "incarnations", 1, directory);
        run.apply("""
                {name: m, label: y, key: c, features: {numeric: [a]}, loss: mean-squared-error, timeToLive: 10s,
                 optimizer: {type: rmsprop, learningRate: 0.1}, deduplicate: 2s, publish: {everySamples: 5, minimumMillis: 0}}
                """);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int incarnation = 0; incarnation < 3; incarnation++) {
            for (int i = 0; i < 12; i++) {
                int number = incarnation * 12 + i;
                long time = 100_000L * incarnation + 500L * i;
                records.add(run.sample(0, sample("all" + number, 1000 + number, time, "c0")));
                records.add(run.sample(0, sample("id" + (i % 4 == 3 ? number - 1 : number), number, time, "c1")));
            }
        }
        // As late as possible without expiry, after the last sample that is not a duplicate.
        records.add(run.sample(0, sample("last", 50, 200_000 + 10 * 500 + 10_000, "c1")));
        for (int i = 0; i < 15; i++) {
            records.add(run.sample(0, sample("short" + i, i, i < 10 ? i : 100_000, "c2")));
        }
        run.send(records);
        run.learn(RecordFormat.avro());

        List<JsonNode> entries = run.history("m", "--key", "c1");
        Map<Long, Set<String>> checksums = new HashMap<>();
        for (JsonNode entry : entries) {
            long version = entry.get("version").asLong();
            String checksum = entry.get("checksum").asText();
            checksums.computeIfAbsent(version, v -> new HashSet<>()).add(checksum);
            Run replay =
                    run.done("replay", "m", "--key", "c1", "--version", Long.toString(version), "--checksum", checksum);
            assertThat(replay.out())
                    .contains("offsets 0:" + entry.get("partitions").get(0).get("first") + "..")
                    .contains("\nidentical: 2 parameters, checksum " + checksum);
        }
        assertThat(checksums.get(5L)).as("one of each incarnation").hasSize(3);
        assertThat(entries.stream()
                        .map(entry ->
                                entry.get("partitions").get(0).get("first").asInt()))
                .contains(1, 25, 49);
        JsonNode last = entries.get(entries.size() - 1);
        assertThat(last.get("version").asInt()).as("9 and the late sample").isEqualTo(10);
        assertThat(run.done("replay", "m", "--key", "c1", "--version", "5").out())
                .contains("offsets 0:49..");
        assertThat(run.run("replay", "m", "--key", "c1", "--version", "5", "--checksum", "x")
                        .err())
                .contains("model m, version 5, checksum x: not on incarnations.history");
        assertThat(run.done("diff", "m", "5", "10", "--key", "c1").err()).doesNotContain("incarnations");
        assertThat(run.done("diff", "m", "5", "10", "--key", "c2").err())
                .contains("version 5 and version 10 belong to different incarnations of the model");
    }

    @Test
    void replays_turns_with_a_partition_that_was_skipped_and_returned() throws Exception {
        run = LineageRun.create(kafka, "turns", 3, directory);
        String spec = """
                {name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error,
                 optimizer: {type: normalized-adagrad, learningRate: 0.1}, deduplicate: 1h,
                 order: {type: strict, count: 10, idle: 300ms}, publish: {everySamples: 30, everyMillis: 200, minimumMillis: 0}}
                """;
        run.apply(spec);
        int[] sent = new int[3];
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 2)) {
            run.submit(cluster, false, RecordFormat.avro());
            send(sent, 150, 40, 150);
            // Partition 1 is skipped ...
            awaitSamples(300);
            send(sent, 100, 0, 100);
            awaitSamples(480);
            // ... and returns.
            send(sent, 0, 200, 0);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
                send(sent, 20, 0, 20);
                return newest().get("order").size() > 2 && lastOffset(1) > 100;
            });
            run.apply(spec.replace("count: 10", "count: 25"));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
                send(sent, 30, 30, 30);
                return newest().get("changes").size() == 2;
            });
            long changed = newest().get("received").asLong();
            send(sent, 100, 100, 100);
            awaitSamples(changed + 150);
            run.awaitPublished("m");
        }
        assertThat(newest().get("partitions")).hasSize(3);
        assertAllIdentical(10, 2);

        List<ConsumerRecord<byte[], byte[]>> records = run.samples();
        run.createTopic("exchanged", 3);
        run.send(records.stream()
                .map(record -> new ProducerRecord<>("exchanged", 2 - record.partition(), record.key(), record.value()))
                .toList());
        Run exchanged = run.run("replay", "m", "--samples", "exchanged");
        assertThat(exchanged.out()).as(exchanged.err()).contains("\ndifferent: checksum ");
    }

    /** Sends {@code counts[i]} samples to partition {@code i}; every seventh has an id from another partition. */
    private void send(int[] sent, int... counts) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int partition = 0; partition < counts.length; partition++) {
            for (int i = 0; i < counts[partition]; i++) {
                int number = sent[partition]++;
                int other = number % 7 == 6 ? (partition + 1) % 3 : partition;
                byte[] value = sample("id" + other + "/" + number, number * 3 + partition, number, "c");
                records.add(run.sample(partition, value));
            }
        }
        run.send(records);
    }

    private void awaitSamples(long least) {
        await().atMost(PATIENCE)
                .until(() ->
                        !run.history("m").isEmpty() && newest().get("received").asLong() >= least);
    }

    private JsonNode newest() throws Exception {
        List<JsonNode> entries = run.history("m");
        return entries.get(entries.size() - 1);
    }

    private long lastOffset(int partition) throws Exception {
        long last = -1;
        for (JsonNode each : newest().get("partitions")) {
            last = each.get("partition").asInt() == partition ? each.get("last").asLong() : last;
        }
        return last;
    }

    /** Replays about {@code count} versions, including the newest. */
    private void assertAllIdentical(int count, int parameters) throws Exception {
        List<JsonNode> entries = run.history("m");
        int step = Math.max(1, entries.size() / count);
        for (int i = entries.size() - 1; i >= 0; i -= step) {
            Run replay = run.done(
                    "replay", "m", "--version", entries.get(i).get("version").asText());
            assertThat(replay.out())
                    .contains("\nidentical: " + parameters + " parameters, checksum "
                            + entries.get(i).get("checksum").asText())
                    .contains("compared with the published parameters");
        }
    }

    private void copy(
            String topic,
            int partitions,
            List<ConsumerRecord<byte[], byte[]>> records,
            List<ConsumerRecord<byte[], byte[]>> changed)
            throws Exception {
        assertThat(changed).hasSameSizeAs(records);
        run.createTopic(topic, partitions);
        run.send(changed.stream()
                .map(record -> new ProducerRecord<>(topic, record.partition(), record.key(), record.value()))
                .toList());
    }

    private static byte[] sample(String id, int number, long time, String key) {
        SplittableRandom random = new SplittableRandom(number);
        double a = random.nextDouble(-3, 3);
        Map<String, Double> numbers = Map.of("a", a, "y", 3 * a - random.nextDouble());
        Map<String, String> texts = Map.of("c", key, "s", number % 40 + ":1", "t", number % 7 + ":0.5", "u", "3:-1");
        return new SampleWriter().write(id, "", 1_000_000 + time, numbers, texts);
    }
}
