package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.endtoend.JoinBacklog.Result;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.learn.LearnerResources;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.JoinTopology;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.job.topology.RetainedCheckpoints;
import io.freshet.job.topology.StateSettings;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.schemas.kafka.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch an event time that leaps while the join reads a backlog: requests are dropped as late, and requests with outcomes
 * are learned as negatives.
 */
@Timeout(1200)
class JoinCatchUpIT {
    private static final JoinTiming QUICK =
            new JoinTiming(Duration.ofSeconds(1), Duration.ofMillis(400), Duration.ofMinutes(1));

    private static final Configuration RETAINED = new Configuration();

    static {
        RETAINED.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }

    @AutoClose
    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @ParameterizedTest
    @CsvSource({"1,false", "2,true"})
    void samples_do_not_depend_on_how_fast_partitions_are_read(int parallelism, boolean slow) throws Exception {
        JoinBacklog backlog =
                JoinBacklog.endingAt(System.currentTimeMillis(), 60_000, 24, true, Duration.ofHours(48), slow);
        Topics topics = Topics.of("small" + parallelism);
        Result result = run(backlog, topics, QUICK, Duration.ofMinutes(5), parallelism, 2, new Configuration());
        assertThat(result.right()).as(result.toString()).isEqualTo(result.requests());
        assertThat(result.late()).isEmpty();
    }

    /** The join is away while half of the records come, and the broker while the join reads them. */
    @Test
    void samples_do_not_depend_on_outages_of_the_join_and_the_broker() throws Exception {
        JoinBacklog backlog =
                JoinBacklog.endingAt(System.currentTimeMillis(), 60_000, 16, true, Duration.ofHours(48), false);
        Duration after = Duration.ofMinutes(5);
        Topics topics = Topics.of("outage");
        Path log = directory.resolve("kafka");
        int port;
        try (TestBroker first = new TestBroker(EmbeddedKafka.start(log))) {
            port = URI.create("kafka://" + first.bootstrapServers()).getPort();
            backlog.create(topics, first);
            apply(topics, first, after);
            long half = backlog.send(topics, first, Long.MIN_VALUE, backlog.time(30_000));
            try (LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), 2, RETAINED)) {
                start(cluster, topics, first, QUICK, OffsetsInitializer.earliest());
                awaitCommitted(half, topics, first);
            }
            backlog.send(topics, first, backlog.time(30_000), Long.MAX_VALUE);
        }
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), 2, RETAINED)) {
            TestBroker second = new TestBroker(EmbeddedKafka.start(log, port));
            JobID job = start(cluster, topics, second, QUICK, OffsetsInitializer.earliest());
            awaitCommitted(60_000, topics, second);
            second.close();
            // Longer than a quiet partition delays event time.
            assertThat(cluster.result(job))
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableOfType(TimeoutException.class);
            try (TestBroker third = new TestBroker(EmbeddedKafka.start(log, port))) {
                awaitCommitted(30_000 * 34 / 10 + 32, topics, third);
                awaitSamples(cluster, job, topics, third);
                Result result = backlog.compare(topics, third, after);
                System.out.println("join and broker away: " + result);
                assertThat(result.right()).as(result.toString()).isEqualTo(result.requests());
                assertThat(result.late()).isEmpty();
            }
        }
    }

    /** Partitions without a new record are at their ends, so that they do not delay the others. */
    @Test
    void starts_with_the_newest_records() throws Exception {
        JoinBacklog backlog =
                JoinBacklog.endingAt(System.currentTimeMillis(), 20_000, 4, true, Duration.ofHours(10), false);
        Topics topics = Topics.of("latest");
        backlog.create(topics, broker);
        apply(topics, broker, Duration.ofMinutes(5));
        backlog.send(topics, broker, Long.MIN_VALUE, backlog.time(10_000));
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), 1, new Configuration())) {
            JobID job = start(cluster, topics, broker, QUICK, OffsetsInitializer.latest());
            await("the first checkpoint")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> cluster.checkpoints(job).getCounts().getNumberOfCompletedCheckpoints() > 0);
            backlog.send(topics, broker, backlog.time(10_000), Long.MAX_VALUE);
            await("samples").atMost(Duration.ofMinutes(2)).until(() -> ends(topics.samples(), broker) > 0);
            awaitSamples(cluster, job, topics, broker);
        }
        Result result = backlog.compare(topics, broker, Duration.ofMinutes(5), 10_000);
        assertThat(result.right()).as(result.toString()).isEqualTo(10_000);
        assertThat(result.late()).as("outcomes of requests before the start").containsOnlyKeys("orphan");
    }

    /** Outcomes become visible long after they were written, all at once. */
    @Test
    void samples_do_not_depend_on_how_long_a_transaction_is_open() throws Exception {
        JoinBacklog backlog =
                JoinBacklog.endingAt(System.currentTimeMillis(), 10_000, 4, false, Duration.ofHours(10), false);
        Topics topics = Topics.of("transaction");
        backlog.create(topics, broker);
        apply(topics, broker, null);
        try (KafkaProducer<byte[], byte[]> outcomes = backlog.beginOutcomes(topics, broker);
                LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), 2, new Configuration())) {
            backlog.sendRequests(topics, broker);
            JobID job = start(cluster, topics, broker, QUICK, OffsetsInitializer.earliest());
            // Partitions that are ten minutes ahead pause.
            awaitCommitted(100, topics, broker);
            assertThat(cluster.result(job))
                    .failsWithin(Duration.ofSeconds(4))
                    .withThrowableOfType(TimeoutException.class);
            outcomes.commitTransaction();
            awaitCommitted(17_000, topics, broker);
            awaitSamples(cluster, job, topics, broker);
        }
        Result result = backlog.compare(topics, broker, null);
        assertThat(result.right()).as(result.toString()).isEqualTo(10_000);
        assertThat(result.late()).isEmpty();
    }

    /** The measured case, with the default options: {@code -Dfreshet.catch-up=PARTITIONS,PARALLELISM,KILLS}. */
    @Test
    @EnabledIfSystemProperty(named = "freshet.catch-up", matches = ".+")
    void catches_up_with_three_days() throws Exception {
        List<Integer> settings = List.of(System.getProperty("freshet.catch-up").split(",")).stream()
                .map(Integer::valueOf)
                .toList();
        JoinBacklog backlog = JoinBacklog.endingAt(
                System.currentTimeMillis(), 600_000, settings.get(0), false, Duration.ofHours(72), false);
        Configuration state = new StateSettings("rocksdb", LearnerResources.DEFAULT).flink();
        Topics topics = Topics.of("large");
        Result result = run(backlog, topics, JoinTiming.DEFAULT, null, settings.get(1), settings.get(2), state);
        assertThat(result.right()).as(result.toString()).isEqualTo(result.requests());
        assertThat(result.late()).isEmpty();
    }

    private Result run(
            JoinBacklog backlog,
            Topics topics,
            JoinTiming timing,
            @Nullable Duration after,
            int parallelism,
            int kills,
            Configuration state)
            throws Exception {
        backlog.create(topics, broker);
        apply(topics, broker, after);
        long records = backlog.send(topics, broker);
        Result result;
        long started = System.nanoTime();
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), parallelism, state)) {
            JobID job = start(cluster, topics, broker, timing, OffsetsInitializer.earliest());
            for (int kill = 1; kill <= kills; kill++) {
                long part = records * kill / (kills + 1);
                await("part " + kill).atMost(Duration.ofMinutes(5)).until(() -> committed(topics, broker) >= part);
                cluster.restartTaskManager();
            }
            awaitCommitted(records, topics, broker);
            double seconds = (System.nanoTime() - started) / 1e9;
            awaitSamples(cluster, job, topics, broker);
            result = backlog.compare(topics, broker, after);
            System.out.printf(
                    "%d + %d partitions, %d subtasks, killed %d times: %,d records in %.1f s (%,.0f/s); %s%n",
                    backlog.partitions(),
                    backlog.partitions(),
                    parallelism,
                    kills,
                    records,
                    seconds,
                    records / seconds,
                    result);
        }
        return result;
    }

    private static void awaitCommitted(long records, Topics topics, TestBroker broker) {
        await("records").atMost(Duration.ofMinutes(10)).until(() -> committed(topics, broker) >= records);
    }

    private static void awaitSamples(LocalCluster cluster, JobID job, Topics topics, TestBroker broker) {
        long[] before = {-1};
        await("all samples")
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofSeconds(5))
                .until(() -> {
                    LocalCluster.requireNoFailure(cluster.result(job));
                    long now = ends(topics.samples(), broker);
                    boolean same = now == before[0];
                    before[0] = now;
                    return same;
                });
    }

    /** Returns the number of records that checkpoints have passed. */
    private static long committed(Topics topics, TestBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            long sum = 0;
            for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : admin.listConsumerGroupOffsets(
                            topics.prefix() + KafkaJoin.NAME)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .entrySet()) {
                if (!entry.getKey().topic().equals(topics.models()) && entry.getValue() != null) {
                    sum += Math.max(0, entry.getValue().offset());
                }
            }
            return sum;
        }
    }

    private static long ends(String topic, TestBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .forEach(partition ->
                            asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
            return admin.listOffsets(asked).all().get().values().stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        }
    }

    private static void apply(Topics topics, TestBroker broker, @Nullable Duration after) throws Exception {
        String yaml = JoinBacklog.SPEC.formatted(after == null ? "20m" : after.toMinutes() + "m");
        Path spec = Files.writeString(Files.createTempFile("spec", ".yaml"), yaml);
        Run run = Run.of(
                "apply",
                "-f",
                spec.toString(),
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--prefix",
                topics.prefix());
        assertThat(run.code()).as(run.out() + run.err()).isZero();
    }

    private JobID start(
            LocalCluster cluster, Topics topics, TestBroker broker, JoinTiming timing, OffsetsInitializer first)
            throws Exception {
        KafkaCluster kafka = KafkaCluster.at(broker.bootstrapServers());
        KafkaJoin join = new KafkaJoin(
                kafka, topics, JoinTopics.of(topics), first, SpecTopic.read(kafka, topics.models(), false));
        return cluster.submit(
                env -> {
                    resume(env);
                    JoinTopology.build(env, join.sources(new RequestFormat.Answers(), timing), join.sinks());
                },
                Duration.ofSeconds(1));
    }

    private void resume(StreamExecutionEnvironment env) {
        try {
            Path checkpoints = directory.resolve("flink").resolve(LocalCluster.CHECKPOINTS);
            TrainerEnvironment.resume(
                    env, new RetainedCheckpoints(new org.apache.flink.core.fs.Path(checkpoints.toUri())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
