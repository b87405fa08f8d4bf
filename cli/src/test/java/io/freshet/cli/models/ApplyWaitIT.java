package io.freshet.cli.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Catches samples of a new model that a running job rejects, since one of its subtasks does not know the model yet. */
class ApplyWaitIT extends ApplyRun {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SAMPLES = 10;

    private final Topics topics = Topics.of(prefix + "-wait");

    @Test
    void samples_that_are_sent_once_apply_has_returned_are_learned() throws Exception {
        at("topics", "create", "--partitions", "2").done();
        assertThat(applyModel("first").done().err().strip())
                .isEqualTo("freshet: no job runs; the next one to start uses the change");
        assertThat(applyModel("first", "--wait", "0").done().err()).isEmpty();
        KafkaCluster broker = KafkaCluster.at(kafka.bootstrapServers());
        KafkaTrainer trainer = new KafkaTrainer(
                broker,
                topics,
                OffsetsInitializer.earliest(),
                false,
                SpecTopic.read(broker, topics.models(), false),
                RecordFormat.avro());
        List<String> models = List.of("a", "b", "c");
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 2)) {
            cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofSeconds(2));
            await().atMost(PATIENCE)
                    .until(() -> read(topics.metrics()).stream()
                            .anyMatch(record -> HeartbeatCodec.isHeartbeat(record.key())));
            for (String model : models) {
                Run applied = applyModel(model).done();
                assertThat(applied.err())
                        .contains("apply: waiting until a running job uses the change")
                        .doesNotContain("freshet:");
                send(model);
            }

            await().atMost(PATIENCE)
                    .until(
                            this::versions,
                            versions ->
                                    models.stream().allMatch(model -> versions.getOrDefault(model, 0L) == 2 * SAMPLES));
        }
        assertThat(read(topics.deadLetters())).isEmpty();
    }

    @Test
    void finds_a_job_whose_clock_is_behind_and_whose_heartbeats_paused() throws Exception {
        at("topics", "create", "--partitions", "1").done();
        Duration behind = Duration.ofHours(1);
        beat(behind, 0);
        try (AutoCloseable beats = beats(1_000, behind, Long.MAX_VALUE)) {
            assertThat(applyModel("late").done().err())
                    .contains("apply: waiting until a running job uses the change")
                    .doesNotContain("freshet:");
        }
        try (AutoCloseable beats = beats(0, Duration.ZERO, 0)) {
            Run hasty = applyModel("hasty", "--wait", "100ms");
            assertThat(hasty.code()).as(hasty.err()).isEqualTo(3);
            assertThat(hasty.err())
                    .contains("freshet: not in effect after 100ms (expected: within a checkpoint of the job)");
        }
    }

    @Test
    void only_who_asks_to_wait_fails_if_the_effect_is_unknown() throws Exception {
        at("topics", "create", "--partitions", "1").done();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(topics.metrics())).all().get();
        }
        String unknown =
                "freshet: whether a job uses the change is unknown: topic " + topics.metrics() + ": does not exist";
        assertThat(applyModel("one").done().err()).contains(unknown);
        Run asked = applyModel("two", "--wait", "1m");
        assertThat(asked.code()).as(asked.err()).isEqualTo(3);
        assertThat(asked.err()).contains(unknown);
    }

    /** Sends heartbeats of a job until it is closed. */
    private AutoCloseable beats(long delayMillis, Duration behind, long models) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        executor.scheduleWithFixedDelay(() -> beat(behind, models), delayMillis, 20, TimeUnit.MILLISECONDS);
        return executor::shutdownNow;
    }

    /** @param behind by how much the clock of the job is behind this one */
    private void beat(Duration behind, long models) {
        long now = System.currentTimeMillis() - behind.toMillis();
        KeyedBytes beat =
                new HeartbeatCodec().write(new Heartbeat(now, now, now, List.of(), List.of(), 0L, false, models));
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(topics.metrics(), 0, now, beat.key(), beat.value()));
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private Run applyModel(String model, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("apply", "-f", file("""
                {name: %s, label: y, features: {numeric: [x]}, loss: mean-squared-error,
                 publish: {everyMillis: 100, minimumMillis: 0}}
                """.formatted(model))));
        arguments.addAll(List.of(options));
        return at(arguments.toArray(String[]::new));
    }

    private Run at(String... arguments) {
        return Run.at(kafka.bootstrapServers(), topics.prefix(), arguments);
    }

    /** Sends samples for one model to both partitions. */
    private void send(String model) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < 2 * SAMPLES; i++) {
                byte[] sample = new SampleWriter().write("", model, 0, Map.of("x", i % 5.0, "y", 1.0), Map.of());
                producer.send(new ProducerRecord<>(topics.samples(), i % 2, model.getBytes(UTF_8), sample));
            }
        }
    }

    /** Returns the newest version of each model. */
    private Map<String, Long> versions() throws Exception {
        Map<String, Long> versions = new HashMap<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : read(topics.parameters())) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null && change.snapshot() != null) {
                versions.put(change.key().model(), change.snapshot().snapshot().version());
            }
        }
        return versions;
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(kafka.bootstrapServers()), topic)) {
            reader.readToEnd(records::add);
        }
        return records;
    }
}
