package io.freshet.faults.quarantine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.cluster.ClusterProcess;
import io.freshet.faults.cluster.FlinkRest;
import io.freshet.faults.cluster.TrainerCluster;
import io.freshet.faults.load.TestTopics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a model that stops the others: a network on a task manager without OpenBLAS, and a model larger than its heap. Once
 * the library is there, redriven dead letters are learned.
 */
class FailedModelIT {
    private static final Topics TOPICS = Topics.of("failed");
    private static final int SAMPLES = 500;
    private static final String COMMON = "label: y, loss: binary-cross-entropy, batch: {size: 4},"
            + " publish: {everySamples: 100, everyMillis: 500}}";
    private static final ModelSpec LINEAR = spec("{name: linear, features: {numeric: [a]}, ");
    private static final ModelSpec NET =
            spec("{name: net, features: {numeric: [a]}, model: {type: mlp, hidden: [4]}, ");
    private static final ModelSpec HUGE = spec("{name: huge, features: {categorical: [c], hashBits: 25},"
            + " model: {type: factorization-machine, rank: 6}, ");

    private final Map<String, Long> versions = new TreeMap<>();
    private final Map<String, Map<String, String>> deadLetters = new HashMap<>();

    @TempDir
    Path directory;

    private static ModelSpec spec(String start) {
        return ModelSpec.parse(start + COMMON);
    }

    @Test
    void other_models_learn_and_dead_letters_are_learned_once_the_model_can_start() throws Exception {
        try (TrainerCluster cluster =
                new TrainerCluster(directory, Path.of("target", "failed"), TOPICS.prefix(), 1, "hashmap")) {
            cluster.start(ClusterProcess.BROKER);
            TestTopics.create(cluster.bootstrapServers(), TOPICS, 1, List.of(LINEAR, NET, HUGE));
            cluster.removeFromClassPath("openblas");
            cluster.start(ClusterProcess.JOB_MANAGER);
            cluster.start(ClusterProcess.TASK_MANAGER_1);
            send(cluster, 0, SAMPLES);
            cluster.awaitUntil("learned by one model, and dead letters of two", () -> {
                read(cluster);
                return versions.getOrDefault("linear", 0L) == SAMPLES && deadLetters.size() == 2 * SAMPLES;
            });
            assertThat(deadLetters.values())
                    .allSatisfy(headers -> assertThat(headers)
                            .extractingByKey(DeadLetterHeaders.MESSAGE)
                            .asString()
                            .contains(
                                    headers.get(DeadLetterHeaders.MODEL).equals("net")
                                            ? "OpenBLAS does not load"
                                            : "Java heap space"));
            cluster.awaitUntil(
                    "no news of the other model", () -> !cluster.freshet("get").contains("model linear"));
            assertThat(cluster.freshet("get"))
                    .contains("model huge: failed: java.lang.OutOfMemoryError: Java heap space")
                    .contains("model net: failed: java.lang.IllegalStateException: OpenBLAS does not load");
            cluster.awaitCheckpoint();
            assertThat(cluster.rest().job()).map(FlinkRest.Job::restored).contains(0);

            cluster.freshet("delete", "huge");
            cluster.awaitUntil("deleted", () -> {
                long before = deadLetters.size();
                send(cluster, 0, 1);
                cluster.awaitCheckpoint();
                read(cluster);
                return deadLetters.size() == before + 1;
            });

            cluster.restoreClassPath();
            cluster.kill(ClusterProcess.TASK_MANAGER_1);
            cluster.awaitUntil(
                    "restarted",
                    () -> cluster.rest().job().map(job -> job.restored() > 0).orElse(false));
            cluster.awaitCheckpoint();
            assertThat(cluster.freshet("redrive", "--model", "net")).contains(" sent again");
            cluster.awaitUntil("redriven samples learned", () -> {
                read(cluster);
                return versions.getOrDefault("net", 0L) >= SAMPLES;
            });
            assertThat(versions).doesNotContainKey("huge");
        }
    }

    private static void send(TrainerCluster cluster, int from, int to) throws Exception {
        SampleWriter writer = new SampleWriter();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                byte[] value = writer.write(
                        new SampleHeader("", "", 1_000L + i, 0),
                        new TreeMap<>(Map.of("a", i % 7 - 3.0, "y", (double) (i % 2))),
                        new TreeMap<>(Map.of("c", "c" + i % 5)),
                        new TreeMap<>(),
                        new TreeMap<>());
                producer.send(new ProducerRecord<>(TOPICS.samples(), value)).get();
            }
        }
    }

    /** Reads the newest version of each model, and all dead letters by model and offset. */
    private void read(TrainerCluster cluster) throws MalformedRecordException {
        SnapshotReader snapshots = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : all(cluster, TOPICS.parameters())) {
            SnapshotReader.Change change = snapshots.read(record.key(), record.value());
            if (change != null && change.snapshot() != null) {
                versions.put(change.key().model(), change.snapshot().snapshot().version());
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : all(cluster, TOPICS.deadLetters())) {
            Map<String, String> headers = new HashMap<>();
            record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
            deadLetters.put(
                    headers.get(DeadLetterHeaders.MODEL) + "@" + headers.get(DeadLetterHeaders.OFFSET), headers);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> all(TrainerCluster cluster, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
