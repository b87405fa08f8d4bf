package io.freshet.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.KafkaTrainer;
import io.freshet.job.SpecTopic;
import io.freshet.job.Topics;
import io.freshet.job.TrainerSources;
import io.freshet.job.source.SourceRecord;
import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.SampleWriter;
import io.freshet.schemas.SnapshotReader;
import io.freshet.schemas.input.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a snapshot of the committed lane that is seen and then rolled back: what a reader of committed records meets while
 * the job fails again and again must be versions that only grow, each with the bits of a plain loop over the samples.
 */
class CommittedLaneFaultIT {
    private static final int FAULTS = 3;
    private static final List<ModelSpec> SPECS =
            List.of(ModelSpec.parse("""
                    {name: whole, label: y, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 10},
                     loss: binary-cross-entropy, optimizer: {type: rmsprop},
                     publish: {everySamples: 100, everyMillis: 10, lane: committed}}
                    """), ModelSpec.parse("""
                    {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 6},
                     loss: mean-squared-error, optimizer: {type: sgd}, batch: {size: 7},
                     publish: {everySamples: 100, everyMillis: 10, lane: committed}}
                    """), ModelSpec.parse("""
                    {name: large, label: y, features: {categorical: [d], hashBits: 18},
                     loss: binary-cross-entropy, optimizer: {type: ftrl},
                     publish: {everySamples: 100, everyMillis: 10, lane: committed, fullEvery: 5}}
                    """));
    private static final List<byte[]> SAMPLES = samples(20_000);
    private static TestBroker broker;

    @TempDir
    Path directory;

    /** A snapshot that was seen. */
    private record Seen(String address, long version, int bits) {}

    @BeforeAll
    static void start() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void nothing_that_was_seen_is_ever_rolled_back() throws Exception {
        Topics topics = Topics.of("committed");
        broker.create(topics, SAMPLES);
        List<Seen> seen;
        try (LocalCluster cluster = LocalCluster.start(directory, 2)) {
            FaultyReader.reset(FAULTS);
            KafkaTrainer trainer = new KafkaTrainer(
                    broker.bootstrapServers(),
                    topics,
                    OffsetsInitializer.earliest(),
                    true,
                    new SpecTopic(SPECS, 0),
                    RecordFormat.avro(),
                    Map.of());
            JobID job = cluster.submit(failing(trainer.sources()), trainer.sinks(), Duration.ofMillis(50));
            seen = follow(topics.committed(), cluster.result(job));
        }
        assertThat(FaultyReader.failures()).isEqualTo(FAULTS);
        assertThat(broker.readAll(topics.parameters())).as("the eager lane").isEmpty();

        Map<String, Long> newest = new HashMap<>();
        for (Seen each : seen) {
            long before = newest.getOrDefault(each.address(), 0L);
            assertThat(each.version()).as(each.address()).isGreaterThan(before);
            newest.put(each.address(), each.version());
        }
        Map<String, Map<Long, Integer>> expected = new HashMap<>();
        Map<String, Long> last = new HashMap<>();
        Map<String, Map<Long, Integer>> bits = new HashMap<>();
        seen.forEach(each ->
                bits.computeIfAbsent(each.address(), address -> new HashMap<>()).put(each.version(), each.bits()));
        SampleOracle.learn(SPECS, SAMPLES, (address, after) -> {
            last.put(address, after.version());
            if (bits.getOrDefault(address, Map.of()).containsKey(after.version())) {
                expected.computeIfAbsent(address, any -> new HashMap<>()).put(after.version(), bits(after.take()));
            }
        });
        assertThat(bits).isEqualTo(expected);
        assertThat(newest).as("the end of the input").isEqualTo(last);
        assertThat(bits.get("large/")).as("seen on the way").hasSizeGreaterThan(FAULTS);
    }

    private TrainerSources failing(TrainerSources of) {
        KafkaSource<SourceRecord> samples = KafkaSource.<SourceRecord>builder()
                .setBootstrapServers(broker.bootstrapServers())
                .setTopics(of.topic())
                .setDeserializer(new FaultyReader(directory.resolve("checkpoints")))
                .setBounded(OffsetsInitializer.latest())
                .setProperty("max.poll.records", "50")
                .build();
        return new TrainerSources(
                of.topic(),
                of.partitions(),
                samples,
                of.specs(),
                of.registry(),
                of.format(),
                of.ends(),
                of.cacheBytes());
    }

    /** Returns what is seen of a topic, in its order, from before the job does anything to after its end. */
    private static List<Seen> follow(String topic, CompletableFuture<JobResult> job) throws Exception {
        List<Seen> seen = new ArrayList<>();
        SnapshotReader reader = new SnapshotReader();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = broker.follow(topic)) {
            while (!job.isDone()) {
                take(consumer, reader, seen);
            }
            assertThat(job.get().isSuccess()).isTrue();
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                take(consumer, reader, seen);
            }
        }
        return seen;
    }

    private static void take(KafkaConsumer<byte[], byte[]> consumer, SnapshotReader reader, List<Seen> seen)
            throws MalformedRecordException {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null) {
                Snapshot snapshot = change.snapshot().snapshot();
                seen.add(new Seen(change.key().address(), snapshot.version(), bits(snapshot)));
            }
        }
    }

    /** Of the parameters alone: moments are those of samples too that wait for their batch to be full. */
    private static int bits(Snapshot snapshot) {
        return Arrays.hashCode(snapshot.parameters());
    }

    private static List<byte[]> samples(int count) {
        SplittableRandom random = new SplittableRandom(7);
        SampleWriter writer = new SampleWriter();
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double a = random.nextDouble(-3, 3);
            double b = random.nextDouble(0, 1000);
            double label = a + random.nextDouble() > 0.5 ? 1 : 0;
            samples.add(writer.write(
                    "",
                    "",
                    1_000L + i,
                    Map.of("a", a, "b", b, "y", label, "t", 3 * a - b / 100),
                    Map.of("c", "c" + random.nextInt(20), "d", "d" + random.nextInt(100))));
        }
        return samples;
    }
}
