package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.wire.Sample;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a schema that the registry delays or refuses and that stops more than the partition of its records. */
@Timeout(120)
class WaitingSchemaIT {
    private static final int SINGLE_OBJECT_HEADER = 10;
    private static final int HALF = 50;
    private static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
            {name: keyed, label: y, key: c, features: {numeric: [a]}, loss: mean-squared-error, optimizer: {type: adam},
             publish: {everySamples: 1, minimumMillis: 0}}
            """));

    @AutoClose
    private static final TestBroker BROKER = TestBroker.start();

    private DelayedRegistry registry;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        registry = new DelayedRegistry(Sample.getClassSchema().toString());
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void a_schema_that_is_late_delays_its_partition_and_no_other() throws Exception {
        Topics topics = Topics.of("late");
        BROKER.create(topics, 2);
        List<byte[]> waiting = samples("waiting");
        List<byte[]> other = samples("other");
        BROKER.send(topics.samples(), 0, framed(waiting, DelayedRegistry.LATE));
        try (LocalCluster cluster = LocalCluster.start(directory, 1)) {
            KafkaTrainer trainer = trainer(topics, false, Duration.ofMinutes(10));
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(200));
            registry.awaitRequest();
            BROKER.send(topics.samples(), 1, framed(other, DelayedRegistry.KNOWN));
            await().atMost(Duration.ofSeconds(60)).until(() -> version(topics, "keyed/other") == other.size());
            assertThat(version(topics, "keyed/waiting")).isEqualTo(HALF);
            registry.release();
            await().atMost(Duration.ofSeconds(60)).until(() -> version(topics, "keyed/waiting") == waiting.size());
            cluster.cancel(job);
        }
        assertThat(BROKER.readAll(topics.deadLetters())).isEmpty();
        List<byte[]> all = new ArrayList<>(waiting);
        all.addAll(other);
        SampleOracle.assertLearned(BROKER.last(topics.parameters()), SPECS, all);
    }

    @Test
    void records_whose_schemas_stay_away_become_dead_letters_and_the_others_are_learned_in_order() throws Exception {
        Topics topics = Topics.of("away");
        BROKER.create(topics, 2);
        List<byte[]> failing = samples("failing");
        List<byte[]> unknown = samples("unknown");
        BROKER.send(topics.samples(), 0, framed(failing, DelayedRegistry.FAILING));
        BROKER.send(topics.samples(), 1, framed(unknown, DelayedRegistry.UNKNOWN));
        try (LocalCluster cluster = LocalCluster.start(directory, 1)) {
            KafkaTrainer trainer = trainer(topics, true, Duration.ofSeconds(10));
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(200));
            assertThat(cluster.result(job).get().isSuccess()).isTrue();
        }
        assertThat(BROKER.readAll(topics.deadLetters()))
                .extracting(WaitingSchemaIT::reason)
                .satisfiesExactlyInAnyOrder(
                        reason -> assertThat(reason)
                                .startsWith("schema 3: no answer for 10 s: schema registry, http://127.0.0.1:")
                                .endsWith("/schemas/ids/3: HTTP status 503 (expected: a schema)"),
                        reason -> assertThat(reason)
                                .isEqualTo("schema 4: Schema not found (expected: a schema in the registry)"));
        failing.remove(HALF);
        unknown.remove(HALF);
        failing.addAll(unknown);
        SampleOracle.assertLearned(BROKER.last(topics.parameters()), SPECS, failing);
    }

    private KafkaTrainer trainer(Topics topics, boolean bounded, Duration patience) {
        return new KafkaTrainer(
                KafkaCluster.at(BROKER.bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                bounded,
                new SpecTopic(SPECS, 0),
                new RecordFormat.Confluent(RecordFields.NONE, registry.client(patience)));
    }

    private static long version(Topics topics, String address) throws Exception {
        PublishedSnapshot last = BROKER.last(topics.parameters()).get(address);
        return last == null ? 0 : last.snapshot().version();
    }

    private static String reason(ConsumerRecord<byte[], byte[]> letter) {
        return new String(
                letter.headers()
                        .lastHeader("__connect.errors.exception.message")
                        .value(),
                UTF_8);
    }

    private static List<byte[]> samples(String key) {
        SampleWriter writer = new SampleWriter();
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i <= 2 * HALF; i++) {
            double a = Math.sin(i);
            samples.add(writer.write("", "", 5, Map.of("a", a, "y", 2 * a), Map.of("c", key)));
        }
        return samples;
    }

    /** Returns samples in the Confluent wire format. The one in the middle has another schema id than the others. */
    private static List<byte[]> framed(List<byte[]> samples, int middle) {
        List<byte[]> framed = new ArrayList<>();
        for (byte[] sample : samples) {
            int length = sample.length - SINGLE_OBJECT_HEADER;
            ByteBuffer value = ByteBuffer.allocate(5 + length);
            value.put((byte) 0).putInt(framed.size() == HALF ? middle : DelayedRegistry.KNOWN);
            framed.add(value.put(sample, SINGLE_OBJECT_HEADER, length).array());
        }
        return framed;
    }
}
