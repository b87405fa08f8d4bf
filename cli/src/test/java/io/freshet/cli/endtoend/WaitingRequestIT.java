package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.JoinTopology;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleReader;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a schema that the registry delays or refuses and that stops the join, or lets event time pass its records. */
@Timeout(180)
class WaitingRequestIT {
    private static final String SCHEMA = """
            {"type": "record", "name": "Request", "fields": [{"name": "rid", "type": "string"},
             {"name": "x", "type": "double"}, {"name": "ts", "type": "long"}]}
            """;
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: m, label: y, features: {numeric: [x]}, loss: binary-cross-entropy,
             join: {within: 2s, after: 500ms, grace: 10m}}
            """);
    private static final JoinTiming TIMING =
            new JoinTiming(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(1));

    @AutoClose
    private static final TestBroker BROKER = TestBroker.start();

    private final long start = System.currentTimeMillis() - 300_000;
    private DelayedRegistry registry;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        registry = new DelayedRegistry(SCHEMA);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    /** The records that wait are a minute before the others, so a watermark that passes them makes them late. */
    @Test
    void a_schema_that_is_late_delays_event_time_and_no_other_record_or_checkpoint() throws Exception {
        Topics topics = Topics.of("late");
        BROKER.createLoop(topics, 2);
        BROKER.send(
                topics.answers(),
                0,
                List.of(
                        request("first", start, DelayedRegistry.LATE),
                        request("second", start + 1, DelayedRegistry.KNOWN)));
        try (LocalCluster cluster = LocalCluster.start(directory, 2, new Configuration())) {
            JobID job = start(cluster, topics, Duration.ofMinutes(10));
            registry.awaitRequest();
            BROKER.send(
                    topics.answers(),
                    1,
                    List.of(
                            request("other", start + 60_000, DelayedRegistry.KNOWN),
                            request("another", start + 120_000, DelayedRegistry.KNOWN)));
            BROKER.send(
                    topics.outcomes(),
                    0,
                    List.of(outcome("first", start + 100), outcome("another", start + 120_100), framedOutcome()));
            await("the other records").atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                LocalCluster.requireNoFailure(cluster.result(job));
                JoinReport report = report(topics);
                assertThat(report).isNotNull();
                assertThat(report.counts().get(JoinCount.REQUESTS)).isEqualTo(2);
                assertThat(report.counts().get(JoinCount.OUTCOMES)).isEqualTo(2);
                assertThat(report.counts().get(JoinCount.REJECTED)).isEqualTo(1);
            });
            await("a checkpoint after them")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> committed(topics, topics.answers(), 1) == 2);
            assertThat(committed(topics, topics.answers(), 0)).isLessThanOrEqualTo(0);
            assertThat(samples(topics)).isEmpty();
            registry.release();
            await("all samples")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(samples(topics))
                            .containsExactlyInAnyOrder(
                                    "OPEN first 1.0",
                                    "CLOSED first 1.0",
                                    "OPEN second 0.0",
                                    "CLOSED second 0.0",
                                    "OPEN other 0.0",
                                    "CLOSED other 0.0",
                                    "OPEN another 1.0",
                                    "CLOSED another 1.0"));
            cluster.cancel(job);
        }
        assertThat(BROKER.readAll(topics.unjoined())).isEmpty();
        assertThat(reasons(topics)).hasSize(1);
    }

    @Test
    void records_whose_schemas_stay_away_become_dead_letters_and_the_others_are_joined() throws Exception {
        Topics topics = Topics.of("away");
        BROKER.createLoop(topics, 2);
        BROKER.send(
                topics.answers(),
                0,
                List.of(
                        request("failing", start, DelayedRegistry.FAILING),
                        request("first", start + 1, DelayedRegistry.KNOWN)));
        BROKER.send(
                topics.answers(),
                1,
                List.of(
                        request("unknown", start, DelayedRegistry.UNKNOWN),
                        request("second", start + 60_000, DelayedRegistry.KNOWN)));
        BROKER.send(topics.outcomes(), 0, List.of(outcome("first", start + 100)));
        try (LocalCluster cluster = LocalCluster.start(directory, 1, new Configuration())) {
            JobID job = start(cluster, topics, Duration.ofSeconds(5));
            await("all samples").atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                LocalCluster.requireNoFailure(cluster.result(job));
                assertThat(samples(topics))
                        .containsExactlyInAnyOrder(
                                "OPEN first 1.0", "CLOSED first 1.0", "OPEN second 0.0", "CLOSED second 0.0");
            });
            cluster.cancel(job);
        }
        assertThat(reasons(topics))
                .satisfiesExactlyInAnyOrder(
                        reason -> assertThat(reason)
                                .startsWith("schema 3: no answer for 5 s: schema registry, http://127.0.0.1:")
                                .endsWith("/schemas/ids/3: HTTP status 503 (expected: a schema)"),
                        reason -> assertThat(reason)
                                .isEqualTo("schema 4: Schema not found (expected: a schema in the registry)"));
        assertThat(BROKER.readAll(topics.unjoined())).isEmpty();
    }

    private JobID start(LocalCluster cluster, Topics topics, Duration patience) throws Exception {
        RecordFields fields = RecordFields.of("rid", "ts", null);
        RequestFormat format =
                new RequestFormat.Features(new RecordFormat.Confluent(fields, registry.client(patience)));
        KafkaJoin join = new KafkaJoin(
                KafkaCluster.at(BROKER.bootstrapServers()),
                topics,
                JoinTopics.of(topics),
                OffsetsInitializer.earliest(),
                new SpecTopic(List.of(SPEC), 0));
        return cluster.submit(
                env -> JoinTopology.build(env, join.sources(format, TIMING), join.sinks()), Duration.ofMillis(500));
    }

    private static byte[] request(String id, long time, int schema) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {0, 0, 0, 0, (byte) schema});
        BinaryEncoder avro = EncoderFactory.get().directBinaryEncoder(bytes, null);
        avro.writeString(id);
        avro.writeDouble(1);
        avro.writeLong(time);
        return bytes.toByteArray();
    }

    private static byte[] outcome(String id, long time) {
        return ("{\"id\":\"" + id + "\",\"value\":1,\"time\":" + time + "}").getBytes(UTF_8);
    }

    /** Outcomes have no schema: one that looks as if it had waits for none. */
    private static byte[] framedOutcome() {
        return new byte[] {0, 0, 0, 0, DelayedRegistry.LATE, 1};
    }

    private static long committed(Topics topics, String topic, int partition) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()))) {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(topics.prefix() + KafkaJoin.NAME)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topic, partition));
            return offset == null ? -1 : offset.offset();
        }
    }

    private static List<String> samples(Topics topics) throws Exception {
        SampleReader reader = new SampleReader();
        List<String> samples = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : BROKER.readAll(topics.samples())) {
            SampleReader.Fields fields = reader.read(record.value());
            samples.add(fields.header().stage() + " " + fields.header().id() + " "
                    + fields.numbers().get("y"));
        }
        return samples;
    }

    private static @Nullable JoinReport report(Topics topics) throws Exception {
        JoinReport newest = null;
        JoinReportCodec codec = new JoinReportCodec();
        for (ConsumerRecord<byte[], byte[]> record : BROKER.readAll(topics.metrics())) {
            if (record.value() != null && JoinReportCodec.isReport(record.key())) {
                newest = codec.read(record.value());
            }
        }
        return newest;
    }

    private static List<String> reasons(Topics topics) throws Exception {
        return BROKER.readAll(topics.deadLetters()).stream()
                .map(letter -> new String(
                        letter.headers()
                                .lastHeader("__connect.errors.exception.message")
                                .value(),
                        UTF_8))
                .toList();
    }
}
