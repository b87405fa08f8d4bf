package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.TestStream;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.RetainedCheckpoints;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a replay that does not know when a replica began to learn a partition that was added while the job ran or was down. */
@Timeout(240)
class AddedPartitionIT {
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: shared, label: y, features: {numeric: [a, b], categorical: [c], hashBits: 6},
             loss: binary-cross-entropy, optimizer: {type: adam}, publish: {everySamples: 14, minimumMillis: 0},
             replicas: {count: 2, period: 7, staleness: 1, idle: 0}}
            """);
    private static final Topics TOPICS = Topics.of("added");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private static final TestBroker BROKER = TestBroker.start();

    @TempDir
    Path directory;

    private int sent;

    @Test
    void versions_before_and_after_partitions_were_added_can_be_replayed() throws Exception {
        BROKER.create(TOPICS, 2);
        try (LocalCluster cluster = LocalCluster.start(directory, 2, retaining())) {
            JobID job = start(cluster);
            awaitIdentical(2, 140);
            addPartitions(4);
            awaitIdentical(4, 420);
            cluster.cancel(job);
        }
        addPartitions(6);
        try (LocalCluster cluster = LocalCluster.start(directory, 2, retaining())) {
            start(cluster);
            awaitIdentical(6, 1_400);
        }
    }

    private static Configuration retaining() {
        Configuration retaining = new Configuration();
        retaining.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        return retaining;
    }

    /** Starts the job, or resumes it from its newest checkpoint. */
    private JobID start(LocalCluster cluster) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                new KafkaCluster(
                        BROKER.bootstrapServers(),
                        Map.of(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "300")),
                TOPICS,
                OffsetsInitializer.earliest(),
                false,
                new SpecTopic(List.of(SPEC), 0),
                RecordFormat.avro());
        return cluster.submit(
                env -> {
                    resume(env);
                    TrainerTopology.build(env, trainer.sources(), trainer.sinks());
                },
                Duration.ofMillis(300));
    }

    private void resume(StreamExecutionEnvironment env) {
        try {
            String checkpoints = directory.resolve("checkpoints").toUri().toString();
            TrainerEnvironment.resume(env, new RetainedCheckpoints(new org.apache.flink.core.fs.Path(checkpoints)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addPartitions(int total) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()))) {
            admin.createPartitions(Map.of(TOPICS.samples(), NewPartitions.increaseTo(total)))
                    .all()
                    .get();
        }
    }

    /** Sends samples until a version has learned many of them, from all partitions, and then replays that version. */
    private void awaitIdentical(int partitions, long version) {
        long[] learned = new long[1];
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            for (int partition = 0; partition < partitions; partition++) {
                List<byte[]> values = LongStream.range(sent, sent + 15)
                        .mapToObj(TestStream::value)
                        .toList();
                BROKER.send(TOPICS.samples(), partition, values);
                sent += 15;
            }
            PublishedSnapshot newest = BROKER.last(TOPICS.parameters()).get("shared/");
            learned[0] = newest == null ? 0 : newest.snapshot().version();
            return learned[0] >= version && newest.snapshot().lineage().partitions().length == partitions;
        });
        await().atMost(PATIENCE).untilAsserted(() -> {
            Run replayed = Run.at(
                    BROKER.bootstrapServers(), TOPICS.prefix(), "replay", "shared", "--version", "" + learned[0]);
            assertThat(replayed.out()).as(replayed.err()).contains("\nidentical: ");
        });
    }
}
