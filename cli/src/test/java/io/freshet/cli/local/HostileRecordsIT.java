package io.freshet.cli.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.KafkaTrainer;
import io.freshet.job.SpecTopic;
import io.freshet.job.Topics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.FloatBytes;
import io.freshet.schemas.SnapshotReader;
import io.freshet.schemas.input.RecordFormat;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Catches a record that fails the job, vanishes, or leaves a trace in a model: whatever is mixed into the samples, the
 * parameters are those of the good ones alone, and every other record is a dead letter of each model.
 */
class HostileRecordsIT {
    private static final int GOOD = 3_000;
    private static final int LARGE = 5 << 20;
    private static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
                    {name: whole, label: y, features: {numeric: [a], categorical: [c], dense: {field: v, length: 3}, hashBits: 6},
                     loss: binary-cross-entropy, optimizer: {type: rmsprop}}
                    """), ModelSpec.parse("""
                    {name: keyed, label: y, key: c, features: {numeric: [a], dense: {field: v, length: 3}},
                     loss: binary-cross-entropy, batch: {size: 3}}
                    """));
    private static EmbeddedKafka kafka;
    private static HttpServer registry;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.startTemporary();
        registry = HostileRecords.startRegistry();
    }

    @AfterAll
    static void stop() {
        registry.stop(0);
        kafka.close();
    }

    @ParameterizedTest
    @CsvSource({"AVRO, 100000", "CONFLUENT, 10000", "JSON, 10000"})
    void hostile_records_are_dead_letters_and_the_rest_is_learned_as_if_they_were_not_there(
            HostileRecords records, int hostile) throws Exception {
        List<byte[]> good = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < GOOD; i++) {
            good.add(records.encode(HostileRecords.Fields.good(random)));
        }
        List<byte @Nullable []> mixed = new ArrayList<>(good);
        for (int i = 0; i < hostile; i++) {
            mixed.add(records.hostile(i % HostileRecords.KINDS, random));
        }
        mixed.add(HostileRecords.noise(LARGE, random));
        mixed.add(records.encode(new HostileRecords.Fields(1, "c".repeat(LARGE), new float[] {1}, 1, "")));
        Set<byte[]> isGood = Collections.newSetFromMap(new IdentityHashMap<>());
        isGood.addAll(good);
        mixed = shuffledKeepingGood(mixed, isGood, random);
        RecordFormat format =
                records.format("http://127.0.0.1:" + registry.getAddress().getPort());

        Topics calm = Topics.of(records + "-calm");
        Map<String, ByteBuffer> expected = run(calm, format, new ArrayList<>(good));
        Topics disturbed = Topics.of(records + "-disturbed");
        assertThat(run(disturbed, format, mixed)).hasSize(6).isEqualTo(expected);

        assertThat(read(calm.deadLetters())).isEmpty();
        Set<Long> refused = new HashSet<>();
        Set<String> letters = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> letter : read(disturbed.deadLetters())) {
            long offset = Long.parseLong(header(letter, "__connect.errors.offset"));
            byte[] value = mixed.get((int) offset);
            if (value != null && value.length > 1_000_000) {
                assertThat(letter.value()).isEmpty();
                assertThat(Long.parseLong(header(letter, "freshet.size"))).isEqualTo(value.length);
            } else {
                assertThat(letter.value()).isEqualTo(value);
            }
            assertThat(header(letter, "__connect.errors.exception.message")).contains("(expected: ");
            refused.add(offset);
            // Twice the same would be a job that was started again.
            assertThat(letters.add(offset + header(letter, "freshet.model"))).isTrue();
        }
        for (int offset = 0; offset < mixed.size(); offset++) {
            assertThat(refused.contains((long) offset))
                    .as("offset %d is a dead letter", offset)
                    .isEqualTo(!isGood.contains(mixed.get(offset)));
        }
    }

    /** Mixes the bad among the good, which keep their order. */
    private static List<byte @Nullable []> shuffledKeepingGood(
            List<byte @Nullable []> records, Set<byte[]> isGood, SplittableRandom random) {
        byte[] @Nullable [] mixed = records.toArray(byte[][]::new);
        for (int i = mixed.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            byte[] kept = mixed[i];
            mixed[i] = mixed[other];
            mixed[other] = kept;
        }
        List<byte[]> inOrder = records.stream().filter(isGood::contains).toList();
        int next = 0;
        for (int i = 0; i < mixed.length; i++) {
            if (isGood.contains(mixed[i])) {
                mixed[i] = inOrder.get(next++);
            }
        }
        return Arrays.asList(mixed);
    }

    /** Runs the job over records; returns the parameters of each model and key. */
    private Map<String, ByteBuffer> run(Topics topics, RecordFormat format, List<byte @Nullable []> records)
            throws Exception {
        produce(topics, records);
        KafkaTrainer trainer = new KafkaTrainer(
                kafka.bootstrapServers(),
                topics,
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(SPECS, 0),
                format,
                Map.of());
        try (LocalCluster cluster = LocalCluster.start(directory.resolve(topics.prefix()), 2)) {
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(200));
            assertThat(cluster.result(job).get().isSuccess()).isTrue();
        }
        Map<String, ByteBuffer> parameters = new TreeMap<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : read(topics.parameters())) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null && change.snapshot() != null) {
                float[] floats = change.snapshot().snapshot().parameters();
                parameters.put(change.key().address(), FloatBytes.write(floats, 0, floats.length));
            }
        }
        return parameters;
    }

    private static void produce(Topics topics, List<byte @Nullable []> records) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "max.in.flight.requests.per.connection",
                1,
                "max.request.size",
                2 * LARGE);
        try (Admin admin = Admin.create(settings)) {
            NewTopic samples = new NewTopic(topics.samples(), 1, (short) 1)
                    .configs(Map.of("max.message.bytes", Integer.toString(2 * LARGE)));
            List<NewTopic> all = new ArrayList<>(List.of(samples));
            for (String topic : List.of(
                    topics.models(),
                    topics.parameters(),
                    topics.committed(),
                    topics.history(),
                    topics.metrics(),
                    topics.deadLetters())) {
                all.add(new NewTopic(topic, 1, (short) 1));
            }
            admin.createTopics(all).all().get();
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (byte[] record : records) {
                producer.send(new ProducerRecord<>(topics.samples(), record));
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(kafka.bootstrapServers()), topic)) {
            reader.readToEnd(records::add);
        }
        return records;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
