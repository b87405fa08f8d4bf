package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.job.TestStream;
import io.freshet.job.publish.Export;
import io.freshet.job.source.FakeRegistry;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RegistryAddress;
import io.freshet.job.source.RegistryClient;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.RetainedCheckpoints;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches copies that differ from the metrics and history they copy, records on the original topics that existing readers
 * cannot read, and a registry whose outage stops learning.
 */
@Timeout(120)
class ExportIT {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<ModelSpec> SPECS = List.of(TestStream.whole(4), TestStream.keyed());
    private static final List<byte[]> SAMPLES = TestStream.values(500);

    @AutoClose
    private static TestBroker broker;

    @AutoClose
    private final FakeRegistry registry = new FakeRegistry();

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void json_copies_have_the_contents_of_their_originals() throws Exception {
        Topics topics = create("json", new Export.Json());
        run(topics, new Export.Json());

        List<Evaluation> evaluations = evaluations(topics);
        List<ConsumerRecord<byte[], byte[]>> metrics = broker.readAll("json.metrics-json");
        assertThat(metrics).hasSameSizeAs(evaluations).allSatisfy(record -> {
            assertThat(headers(record)).containsExactly("content-type: application/json");
        });
        for (int i = 0; i < metrics.size(); i++) {
            JsonNode json = JSON.readTree(metrics.get(i).value());
            assertThat(key(metrics.get(i)))
                    .isEqualTo(
                            json.get("model").asText() + "/" + json.get("key").asText());
            assertThat(json.get("version").asLong())
                    .isEqualTo(evaluations.get(i).counts().version());
            assertThat(json.get("total").get("loss").asDouble())
                    .isEqualTo(evaluations.get(i).total().metrics().loss());
        }

        List<String> versions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.readAll("json.history-json")) {
            JsonNode json = JSON.readTree(record.value());
            versions.add(key(record) + " " + json.get("version") + " " + json.get("checksum"));
        }
        assertThat(versions).containsExactlyElementsOf(history(topics));
    }

    @Test
    void confluent_copies_are_read_with_the_registered_schema() throws Exception {
        registry.put("/subjects/confluent.metrics-confluent-value/versions", "{\"id\": 70001}");
        registry.put("/subjects/confluent.history-confluent-value/versions", "{\"id\": 2}");
        Topics topics = create("confluent", confluent());
        run(topics, confluent());

        List<Evaluation> evaluations = evaluations(topics);
        List<ConsumerRecord<byte[], byte[]>> metrics = broker.readAll("confluent.metrics-confluent");
        assertThat(metrics).hasSameSizeAs(evaluations);
        for (int i = 0; i < metrics.size(); i++) {
            assertThat(headers(metrics.get(i))).containsExactly("content-type: application/avro", "schema-id: 70001");
            GenericRecord record = read(metrics.get(i).value(), 70_001, registered("Evaluation"));
            assertThat(record.get("version"))
                    .isEqualTo(evaluations.get(i).counts().version());
            assertThat(record.get("model")).hasToString(evaluations.get(i).model());
        }

        List<String> versions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> copy : broker.readAll("confluent.history-confluent")) {
            GenericRecord record = read(copy.value(), 2, registered("Snapshot"));
            versions.add(key(copy) + " " + record.get("version") + " " + record.get("checksum"));
        }
        assertThat(versions).containsExactlyElementsOf(history(topics));
    }

    @Test
    void a_deleted_model_leaves_a_tombstone_among_the_copies() throws Exception {
        Topics topics = create("deleted", new Export.Json());
        try (LocalCluster cluster = LocalCluster.start(directory, 1)) {
            KafkaTrainer trainer = trainer(topics, false);
            cluster.submit(trainer.sources(), trainer.sinks(new Export.Json()), INTERVAL);
            awaitCopy("deleted.metrics-json", record -> record.value() != null);
            KafkaOptions kafka = KafkaOptions.of(broker.bootstrapServers());
            try (KafkaProducer<byte[], byte[]> producer = kafka.producer(Map.of())) {
                producer.send(new ProducerRecord<>(topics.models(), "whole".getBytes(UTF_8), null));
            }
            awaitCopy("deleted.metrics-json", record -> record.value() == null);
        }
    }

    @Test
    void a_registry_outage_does_not_stop_learning() throws Exception {
        Export unreachable = confluent();
        registry.close();
        Topics topics = create("outage-export", unreachable);
        run(topics, unreachable);

        SampleOracle.assertLearned(broker.last(topics.parameters()), SPECS, SAMPLES);
        assertThat(evaluations(topics)).isNotEmpty();
        assertThat(broker.readAll("outage-export.metrics-confluent")).isEmpty();
    }

    @Test
    void copies_can_be_turned_off_and_on_at_a_restart() throws Exception {
        Topics topics = create("switched", new Export.Json());
        KafkaTrainer trainer = trainer(topics, false);
        Configuration retained = new Configuration();
        retained.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        try (LocalCluster cluster = LocalCluster.start(directory, 1, retained)) {
            learn(cluster, trainer, new Export.Json(), 500);
            int written = evaluations(topics).size();
            assertThat(broker.readAll("switched.metrics-json")).hasSize(written);

            broker.send(topics.samples(), 0, TestStream.values(100));
            learn(cluster, trainer, null, 600);
            int writtenWithout = evaluations(topics).size();
            assertThat(writtenWithout).isGreaterThan(written);
            assertThat(broker.readAll("switched.metrics-json")).hasSize(written);

            broker.send(topics.samples(), 0, TestStream.values(100));
            learn(cluster, trainer, new Export.Json(), 700);
            int copied = broker.readAll("switched.metrics-json").size() - written;
            assertThat(copied).isPositive().isEqualTo(evaluations(topics).size() - writtenWithout);
        }
    }

    /** Learns from the newest checkpoint up to a version, waits for a checkpoint that contains it, and cancels the job. */
    private void learn(LocalCluster cluster, KafkaTrainer trainer, @Nullable Export export, long version)
            throws Exception {
        JobID job = cluster.submit(
                env -> {
                    resume(env);
                    TrainerTopology.build(
                            env, trainer.sources(), export == null ? trainer.sinks() : trainer.sinks(export));
                },
                INTERVAL);
        String parameters = trainer.topics().parameters();
        await().atMost(PATIENCE).until(() -> {
            PublishedSnapshot last = broker.last(parameters).get("whole/");
            return last != null && last.snapshot().version() == version;
        });
        long before = cluster.checkpoints(job).getCounts().getNumberOfCompletedCheckpoints();
        await().atMost(PATIENCE)
                .until(() -> cluster.checkpoints(job).getCounts().getNumberOfCompletedCheckpoints() >= before + 2);
        cluster.cancel(job);
    }

    private void resume(StreamExecutionEnvironment env) {
        try {
            String checkpoints = directory.resolve("checkpoints").toUri().toString();
            TrainerEnvironment.resume(env, new RetainedCheckpoints(new org.apache.flink.core.fs.Path(checkpoints)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(Topics topics, Export export) throws Exception {
        try (LocalCluster cluster = LocalCluster.start(directory, 1)) {
            KafkaTrainer trainer = trainer(topics, true);
            cluster.await(cluster.submit(trainer.sources(), trainer.sinks(export), INTERVAL));
        }
    }

    private static KafkaTrainer trainer(Topics topics, boolean bounded) {
        return new KafkaTrainer(
                KafkaCluster.at(broker.bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                bounded,
                new SpecTopic(SPECS, 0),
                RecordFormat.avro());
    }

    private static Topics create(String prefix, Export export) throws Exception {
        Topics topics = Topics.of(prefix);
        broker.create(topics, SAMPLES);
        try (TopicAdmin admin = new TopicAdmin(KafkaOptions.of(broker.bootstrapServers()))) {
            for (TopicPlan plan : TopicPlan.exports(topics, 1, export.format())) {
                admin.create(plan, 1);
            }
        }
        return topics;
    }

    private Export confluent() {
        return new Export.Confluent(RegistryClient.waiting(RegistryAddress.of(registry.url(), null, null)));
    }

    private static void awaitCopy(String topic, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        await().atMost(PATIENCE)
                .until(() -> broker.readAll(topic).stream()
                        .anyMatch(record -> key(record).equals("whole/") && wanted.test(record)));
    }

    /** Returns what readers of the metrics topic read. */
    private static List<Evaluation> evaluations(Topics topics) throws Exception {
        List<Evaluation> evaluations = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.readAll(topics.metrics())) {
            if (!HeartbeatCodec.isHeartbeat(record.key())) {
                evaluations.add(new EvaluationCodec().read(record.value()));
            }
        }
        return evaluations;
    }

    /** Returns what readers of the history topic read: key, version, and checksum of each snapshot. */
    private static List<String> history(Topics topics) throws Exception {
        HistoryCodec codec = new HistoryCodec(new SnapshotCodec());
        List<String> versions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.readAll(topics.history())) {
            if (HistoryCodec.specification(record.key()) == null) {
                HistoryEntry entry = codec.read(record.value());
                versions.add(key(record) + " " + entry.version() + " " + entry.checksum());
            }
        }
        assertThat(versions).isNotEmpty();
        return versions;
    }

    /** Returns the schema that was registered for a record. */
    private Schema registered(String name) throws Exception {
        for (String body : registry.bodies()) {
            Schema schema =
                    new Schema.Parser().parse(JSON.readTree(body).get("schema").asText());
            if (schema.getName().equals(name)) {
                return schema;
            }
        }
        throw new AssertionError(name + " (expected: registered)");
    }

    private static GenericRecord read(byte[] value, int id, Schema schema) throws Exception {
        ByteBuffer framed = ByteBuffer.wrap(value);
        assertThat(framed.get()).isZero();
        assertThat(framed.getInt()).isEqualTo(id);
        BinaryDecoder body = DecoderFactory.get().binaryDecoder(value, framed.position(), framed.remaining(), null);
        return new GenericDatumReader<GenericRecord>(schema).read(null, body);
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8);
    }

    private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key() + ": " + new String(header.value(), UTF_8));
        }
        return headers;
    }
}
