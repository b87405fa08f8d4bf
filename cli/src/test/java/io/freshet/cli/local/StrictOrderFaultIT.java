package io.freshet.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.job.KafkaTrainer;
import io.freshet.job.SpecTopic;
import io.freshet.job.Topics;
import io.freshet.job.TrainerSources;
import io.freshet.job.source.SourceRecord;
import io.freshet.learning.features.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.PublishedSnapshot;
import io.freshet.schemas.SampleDecoder;
import io.freshet.schemas.SampleWriter;
import io.freshet.schemas.SnapshotReader;
import io.freshet.schemas.input.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches parameters that hang on how three partitions happen to arrive, or on failures, and duplicates that are learned
 * because a failure came between them: final parameters must be those of a loop that takes the partitions in turn.
 */
class StrictOrderFaultIT {
    private static final int[] SIZES = {18_000, 24_000, 8_000};
    private static final int COUNT = 100;
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: whole, label: y, features: {numeric: [a, b], categorical: [c], hashBits: 10},
             loss: binary-cross-entropy, optimizer: {type: rmsprop}, publish: {everySamples: 5000},
             order: {type: strict, count: 100, idle: 0}, deduplicate: 1h}
            """);
    private static final List<List<byte[]>> PARTITIONS = partitions();
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void killed_run_learns_partitions_in_turn_and_each_id_once() throws Exception {
        Topics topics = Topics.of("strict");
        produce(topics);
        TrainerSources sources = new KafkaTrainer(
                        kafka.bootstrapServers(),
                        topics,
                        OffsetsInitializer.earliest(),
                        true,
                        new SpecTopic(List.of(SPEC), 0),
                        RecordFormat.avro(),
                        Map.of())
                .sources();
        assertThat(sources.partitions()).isEqualTo(3);

        LearnerState expected = oracle();
        PublishedSnapshot learned = run(topics, 2);

        assertThat(learned.snapshot().version()).isEqualTo(expected.samples());
        assertThat(learned.snapshot().parameters())
                .isEqualTo(new Learner(SPEC).snapshot(expected, "").parameters());
        String[] replay = {"replay", "whole", "--bootstrap-servers", kafka.bootstrapServers(), "--prefix", "strict"};
        Run replayed = Run.of(replay);
        assertThat(replayed.out()).as(replayed.err()).contains("\nidentical: 1,027 parameters");
    }

    /** Runs the job to the end of its topic, failing it {@code faults} times on the way; returns the last snapshot. */
    private PublishedSnapshot run(Topics topics, int faults) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                kafka.bootstrapServers(),
                topics,
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(List.of(SPEC), 0),
                RecordFormat.avro(),
                Map.of());
        FaultyReader.reset(faults);
        TrainerSources sources = trainer.sources();
        KafkaSource<SourceRecord> failing = KafkaSource.<SourceRecord>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics(topics.samples())
                .setDeserializer(new FaultyReader(directory.resolve("checkpoints")))
                .setBounded(OffsetsInitializer.latest())
                .setProperty("max.poll.records", "50")
                .build();
        sources = new TrainerSources(
                sources.topic(),
                sources.partitions(),
                failing,
                sources.specs(),
                sources.registry(),
                sources.format(),
                sources.ends(),
                sources.cacheBytes());
        try (LocalCluster cluster = LocalCluster.start(directory, 2)) {
            JobID job = cluster.submit(sources, trainer.sinks(), Duration.ofMillis(50));
            assertThat(cluster.result(job).get().isSuccess()).isTrue();
        }
        assertThat(FaultyReader.failures()).isEqualTo(faults);
        assertThat(FaultyReader.resumedAt()).as("offset of a restart").isPositive();
        return last(topics.parameters());
    }

    /** Learns a hundred of each partition in turn, but for ids that came before. */
    private static LearnerState oracle() throws Exception {
        RowLayout layout = RowLayout.of(List.of(SPEC));
        SampleDecoder decoder = new SampleDecoder(layout);
        FeatureEncoder encoder = new FeatureEncoder(SPEC, layout);
        Row row = new Row(layout);
        Learner learner = new Learner(SPEC);
        LearnerState state = learner.start();
        Set<String> ids = new HashSet<>();
        int most = Arrays.stream(SIZES).max().orElseThrow();
        for (int from = 0; from < most; from += COUNT) {
            for (int partition = 0; partition < SIZES.length; partition++) {
                for (int offset = from; offset < Math.min(SIZES[partition], from + COUNT); offset++) {
                    decoder.decode(PARTITIONS.get(partition).get(offset), 0, row);
                    if (ids.add(row.id())) {
                        learner.learn(state, encoder.encode(row, partition, offset));
                    }
                }
            }
        }
        learner.finish(state, () -> {});
        assertThat(state.samples()).as("a tenth or so are duplicates").isBetween(40_000L, 49_000L);
        return state;
    }

    private static PublishedSnapshot last(String topic) throws Exception {
        PublishedSnapshot last = null;
        SnapshotReader reader = new SnapshotReader();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    SnapshotReader.Change change = reader.read(record.key(), record.value());
                    last = change == null ? last : change.snapshot();
                }
            }
        }
        return last;
    }

    private static void produce(Topics topics) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(
                            new NewTopic(topics.samples(), SIZES.length, (short) 1),
                            new NewTopic(topics.models(), 1, (short) 1),
                            new NewTopic(topics.parameters(), 1, (short) 1),
                            new NewTopic(topics.committed(), 1, (short) 1),
                            new NewTopic(topics.history(), 1, (short) 1),
                            new NewTopic(topics.metrics(), 1, (short) 1),
                            new NewTopic(topics.deadLetters(), 1, (short) 1)))
                    .all()
                    .get();
        }
        // Into a topic just created, a second batch in flight can overtake a first that is sent again.
        properties.put("max.in.flight.requests.per.connection", "1");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int partition = 0; partition < SIZES.length; partition++) {
                for (byte[] record : PARTITIONS.get(partition)) {
                    producer.send(new ProducerRecord<>(topics.samples(), partition, null, record));
                }
            }
        }
    }

    /** Returns the records of each partition; about one in ten has the id of another, of any partition. */
    private static List<List<byte[]>> partitions() {
        SplittableRandom random = new SplittableRandom(11);
        SampleWriter writer = new SampleWriter();
        List<List<byte[]>> partitions = new ArrayList<>();
        int count = 0;
        for (int size : SIZES) {
            List<byte[]> records = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                double a = random.nextDouble(-3, 3);
                int id = random.nextInt(10) == 0 ? random.nextInt(50_000) : count;
                records.add(writer.write(
                        "trip-" + id,
                        "",
                        1_000L + i,
                        Map.of("a", a, "b", random.nextDouble(0, 1000), "y", a + random.nextDouble() > 0.5 ? 1.0 : 0.0),
                        Map.of("c", "c" + random.nextInt(20))));
                count++;
            }
            partitions.add(records);
        }
        return partitions;
    }
}
