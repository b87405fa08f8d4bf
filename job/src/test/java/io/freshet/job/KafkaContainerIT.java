package io.freshet.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The job with Apache Kafka in a container: its parameters equal those of a plain loop, bit for bit. Skipped without Docker.
 */
@Testcontainers(disabledWithoutDocker = true)
class KafkaContainerIT {
    private static final int SAMPLES = 2_000;
    private static final Topics TOPICS = Topics.of("freshet");
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();
    private static final ModelSpec DELETED = ModelSpec.parse(WHOLE.toYaml().replace("name: whole", "name: deleted"));
    private static final byte[] NO_SAMPLE = "no sample".getBytes(UTF_8);

    @Container
    private static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.2.2");

    @Test
    void learns_the_same_from_a_real_broker_as_a_plain_loop() throws Exception {
        createTopics();
        List<KeyedBytes> specs = new ArrayList<>();
        ModelSpecCodec codec = new ModelSpecCodec();
        specs.add(codec.write(DELETED, 1));
        specs.add(codec.write(WHOLE, 2));
        specs.add(new KeyedBytes("torn".getBytes(UTF_8), new byte[] {1}));
        specs.add(codec.write(KEYED, 3));
        specs.add(codec.delete("deleted"));
        send(TOPICS.models(), specs);
        List<KeyedBytes> samples = new ArrayList<>();
        for (long offset = 0; offset < SAMPLES; offset++) {
            samples.add(new KeyedBytes(null, TestStream.value(offset)));
        }
        samples.add(new KeyedBytes("its key".getBytes(UTF_8), NO_SAMPLE));
        send(TOPICS.samples(), samples);

        run();

        List<String> expected = new ArrayList<>(TestOracle.lines(WHOLE, 0, SAMPLES));
        expected.addAll(TestOracle.lines(KEYED, 0, SAMPLES));
        assertThat(lastSnapshots()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(lastEvaluations())
                .hasSize(expected.size())
                .allSatisfy((modelKey, evaluation) -> assertThat(evaluation.version())
                        .isEqualTo(evaluation.total().samples()));
        assertThat(lastEvaluations().get("whole/").total().samples()).isEqualTo(SAMPLES);
        assertThat(readAll(TOPICS.deadLetters())).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo("its key".getBytes(UTF_8));
            assertThat(letter.value()).isEqualTo(NO_SAMPLE);
            Map<String, String> headers = new HashMap<>();
            for (Header header : letter.headers()) {
                headers.put(header.key(), new String(header.value(), UTF_8));
            }
            assertThat(headers)
                    .containsEntry("__connect.errors.topic", TOPICS.samples())
                    .containsEntry("__connect.errors.partition", "0")
                    .containsEntry("__connect.errors.offset", Integer.toString(SAMPLES))
                    .containsEntry("__connect.errors.stage", "decode");
        });
    }

    private static void run() throws Exception {
        KafkaCluster kafka = KafkaCluster.at(KAFKA.getBootstrapServers());
        SpecTopic specs = SpecTopic.read(kafka, TOPICS.models(), false);
        assertThat(specs.specs()).containsExactly(KEYED, WHOLE);
        assertThat(specs.end()).isEqualTo(5);
        KafkaTrainer trainer =
                new KafkaTrainer(kafka, TOPICS, OffsetsInitializer.earliest(), true, specs, RecordFormat.avro());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration());
        TrainerEnvironment.configure(env, Duration.ofMillis(200));
        TrainerTopology.build(env, trainer.sources(), trainer.sinks());
        env.execute();
    }

    private static List<String> lastSnapshots() throws Exception {
        Map<String, String> last = new TreeMap<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : readAll(TOPICS.parameters())) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            last.put(change.key().modelKey(), TestLines.line(change.snapshot().snapshot()));
        }
        return List.copyOf(last.values());
    }

    private static Map<String, Evaluation> lastEvaluations() throws Exception {
        Map<String, Evaluation> last = new TreeMap<>();
        EvaluationCodec codec = new EvaluationCodec();
        for (ConsumerRecord<byte[], byte[]> record : readAll(TOPICS.metrics())) {
            Evaluation evaluation = codec.read(record.value());
            if (evaluation.last()) {
                assertThat(last.put(new String(record.key(), UTF_8), evaluation))
                        .isNull();
            }
        }
        return last;
    }

    private static void createTopics() throws Exception {
        try (Admin admin = Admin.create(clientSettings())) {
            admin.createTopics(List.of(
                            new NewTopic(TOPICS.samples(), 1, (short) 1),
                            new NewTopic(TOPICS.models(), 1, (short) 1),
                            new NewTopic(TOPICS.parameters(), 3, (short) 1),
                            new NewTopic(TOPICS.committed(), 3, (short) 1),
                            new NewTopic(TOPICS.history(), 3, (short) 1),
                            new NewTopic(TOPICS.metrics(), 3, (short) 1),
                            new NewTopic(TOPICS.deadLetters(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void send(String topic, List<KeyedBytes> records) throws Exception {
        Map<String, Object> settings = clientSettings();
        // A batch that is retried because the topic is new must not be written after the next one.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = records.stream()
                    .map(record -> producer.send(new ProducerRecord<>(topic, record.key(), record.value())))
                    .toList();
            producer.flush();
            for (Future<RecordMetadata> one : sent) {
                assertThat(one.get().topic()).isEqualTo(topic);
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, Object> settings = clientSettings();
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Stream<PartitionInfo> partitions = consumer.partitionsFor(topic).stream();
            List<TopicPartition> assigned = partitions
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(assigned);
            consumer.seekToBeginning(assigned);
            Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
            while (assigned.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static Map<String, Object> clientSettings() {
        return new HashMap<>(Map.of("bootstrap.servers", KAFKA.getBootstrapServers()));
    }
}
