package io.freshet.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.freshet.schemas.SampleWriter;
import io.freshet.schemas.SnapshotReader;
import io.freshet.schemas.input.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.TreeMap;
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
 * Catches state that is checkpointed and not restored, samples that are learned twice or not at all after a restart, and
 * parameters that depend on parallelism: final parameters must be those of a plain loop over the samples, bit for bit.
 */
class TrainerFaultIT {
    private static final int SAMPLES = 40_000;
    private static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
                    {name: whole, label: y, weight: w, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 10},
                     loss: binary-cross-entropy, optimizer: {type: rmsprop}, publish: {everySamples: 5000}}
                    """), ModelSpec.parse("""
                    {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 6},
                     loss: mean-squared-error, optimizer: {type: sgd}, batch: {size: 7}, publish: {everySamples: 5000}}
                    """));
    private static EmbeddedKafka kafka;
    private static final List<byte[]> RECORDS = records();

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
    void undisturbed_run_equals_the_oracle_at_any_parallelism() throws Exception {
        assertThat(run("calm1", 1, 0)).isEqualTo(oracle());
        assertThat(run("calm2", 2, 0)).isEqualTo(oracle());
    }

    @Test
    void killed_run_equals_the_oracle() throws Exception {
        assertThat(run("killed", 2, 3)).isEqualTo(oracle());
    }

    /** Runs the job to the end of its topic, failing it {@code faults} times on the way; returns final parameters. */
    private Map<String, String> run(String prefix, int parallelism, int faults) throws Exception {
        Topics topics = Topics.of(prefix);
        produce(topics);
        KafkaTrainer trainer = new KafkaTrainer(
                kafka.bootstrapServers(),
                topics,
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(SPECS, 0),
                RecordFormat.avro(),
                Map.of());
        FaultyReader.reset(faults);
        TrainerSources sources = trainer.sources();
        KafkaSource<SourceRecord> failing = KafkaSource.<SourceRecord>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics(topics.samples())
                .setDeserializer(new FaultyReader(directory.resolve(prefix).resolve("checkpoints")))
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
        try (LocalCluster cluster = LocalCluster.start(directory.resolve(prefix), parallelism)) {
            JobID job = cluster.submit(sources, trainer.sinks(), Duration.ofMillis(50));
            assertThat(cluster.result(job).get().isSuccess()).isTrue();
        }
        assertThat(FaultyReader.failures()).isEqualTo(faults);
        if (faults > 0) {
            assertThat(FaultyReader.resumedAt()).as("offset of a restart").isBetween(1L, SAMPLES - 1L);
        }
        return parameters(topics.parameters());
    }

    private static Map<String, String> oracle() throws Exception {
        RowLayout layout = RowLayout.of(SPECS);
        io.freshet.schemas.SampleDecoder decoder = new io.freshet.schemas.SampleDecoder(layout);
        Row row = new Row(layout);
        Map<String, LearnerState> states = new TreeMap<>();
        List<Learner> learners = SPECS.stream().map(Learner::new).toList();
        for (int i = 0; i < RECORDS.size(); i++) {
            decoder.decode(RECORDS.get(i), 0, row);
            for (Learner learner : learners) {
                ModelSpec spec = learner.spec();
                String key = spec.key() == null ? "" : row.text(layout.text(spec.key()));
                LearnerState state = states.computeIfAbsent(spec.name() + "/" + key, address -> learner.start());
                learner.learn(state, new FeatureEncoder(spec, layout).encode(row, 0, i));
            }
        }
        Map<String, String> parameters = new TreeMap<>();
        states.forEach((address, state) -> {
            Learner learner = learners.get(address.startsWith("whole/") ? 0 : 1);
            learner.finish(state, () -> {});
            parameters.put(address, bits(learner.snapshot(state, "").parameters()));
        });
        return parameters;
    }

    private Map<String, String> parameters(String topic) throws Exception {
        Map<String, String> parameters = new TreeMap<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : readAll(topic)) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            PublishedSnapshot published = change == null ? null : change.snapshot();
            if (published != null) {
                parameters.put(change.key().address(), bits(published.snapshot().parameters()));
            }
        }
        return parameters;
    }

    private static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static void produce(Topics topics) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(
                            new NewTopic(topics.samples(), 1, (short) 1),
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
            RECORDS.forEach(record -> producer.send(new ProducerRecord<>(topics.samples(), record)));
        }
    }

    private static List<byte[]> records() {
        SplittableRandom random = new SplittableRandom(7);
        SampleWriter writer = new SampleWriter();
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double a = random.nextDouble(-3, 3);
            double b = random.nextDouble(0, 1000);
            Map<String, Double> numbers = new LinkedHashMap<>();
            numbers.put("a", a);
            numbers.put("b", b);
            numbers.put("y", a + random.nextDouble() > 0.5 ? 1.0 : 0.0);
            numbers.put("t", 3 * a - b / 100);
            numbers.put("w", random.nextDouble(0, 2));
            Map<String, String> texts = new LinkedHashMap<>();
            texts.put("c", "c" + random.nextInt(20));
            texts.put("d", "d" + random.nextInt(100));
            records.add(writer.write("", "", 1_000L + i, numbers, texts));
        }
        return records;
    }

    /** A short name for all bits of an array, so that a failure says which model differs and not how. */
    private static String bits(float[] array) {
        int hash = 1;
        for (float value : array) {
            hash = 31 * hash + Float.floatToRawIntBits(value);
        }
        return array.length + ":" + Integer.toHexString(hash);
    }
}
