package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches partitions that are read without limit, or never again, while they wait for a lagging one. */
@Timeout(120)
class LaggingPartitionIT {
    private static final int COUNT = 100;
    private static final int SIZE = 80_000;
    private static final int EARLY = 2 * COUNT;
    private static final int PARTITIONS = 3;
    /** More than is buffered until a partition is paused, and than is on its way by then. */
    private static final int BOUND = SIZE / 2;

    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: lagging, label: y, loss: mean-squared-error, features: {numeric: [a]}, optimizer: {type: adam},
             publish: {everySamples: 10000, minimumMillis: 0}, order: {type: strict, count: %d, idle: 0}}
            """.formatted(COUNT));

    @AutoClose
    private static final TestBroker BROKER = TestBroker.start();

    @TempDir
    Path directory;

    @Test
    void the_other_partitions_are_paused_and_the_order_stays_the_same() throws Exception {
        Topics topics = Topics.of("lagging");
        BROKER.create(topics, PARTITIONS);
        List<List<byte[]>> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            partitions.add(samples(partition));
        }
        BROKER.send(topics.samples(), 0, partitions.get(0).subList(0, EARLY));
        BROKER.send(topics.samples(), 1, partitions.get(1));
        BROKER.send(topics.samples(), 2, partitions.get(2));
        KafkaTrainer trainer = new KafkaTrainer(
                new KafkaCluster(BROKER.bootstrapServers(), Map.of("max.poll.records", "1000")),
                topics,
                OffsetsInitializer.earliest(),
                false,
                new SpecTopic(List.of(SPEC), 0),
                RecordFormat.avro());
        try (LocalCluster cluster = LocalCluster.start(directory, 2)) {
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(500));
            assertThat(readWhenStill(topics))
                    .allSatisfy(read -> assertThat(read).isLessThan(BOUND));

            BROKER.send(topics.samples(), 0, partitions.get(0).subList(EARLY, SIZE));
            await().atMost(Duration.ofSeconds(60)).until(() -> version(topics) == (long) PARTITIONS * SIZE);
            cluster.cancel(job);
        }
        PublishedSnapshot learned = BROKER.last(topics.parameters()).get("lagging/");
        assertThat(learned.snapshot().parameters())
                .isEqualTo(SampleOracle.last(List.of(SPEC), inTurn(partitions))
                        .get("lagging/")
                        .parameters());
    }

    /** Returns how many records of each partition were read, once two heartbeats agree that reading has stopped. */
    private static List<Long> readWhenStill(Topics topics) throws Exception {
        List<List<Long>> heartbeats = new ArrayList<>();
        try (TopicReader reader = BROKER.follow(topics.metrics())) {
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
                    if (HeartbeatCodec.isHeartbeat(record.key())) {
                        heartbeats.add(read(record.value()));
                    }
                }
                int last = heartbeats.size() - 1;
                return last > 0
                        && heartbeats.get(last).size() == PARTITIONS
                        && heartbeats.get(last).stream().allMatch(read -> read > 0)
                        && heartbeats.get(last).equals(heartbeats.get(last - 1));
            });
        }
        return heartbeats.get(heartbeats.size() - 1);
    }

    private static List<Long> read(byte[] heartbeat) throws MalformedRecordException {
        return new HeartbeatCodec().read(heartbeat).read();
    }

    private static long version(Topics topics) throws Exception {
        PublishedSnapshot last = BROKER.last(topics.parameters()).get("lagging/");
        return last == null ? 0 : last.snapshot().version();
    }

    private static List<byte[]> samples(int partition) {
        SampleWriter writer = new SampleWriter();
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            double a = Math.sin(i * PARTITIONS + partition);
            samples.add(writer.write("", "", 0, Map.of("a", a, "y", 2 * a), Map.of()));
        }
        return samples;
    }

    private static List<byte[]> inTurn(List<List<byte[]>> partitions) {
        List<byte[]> samples = new ArrayList<>();
        for (int from = 0; from < SIZE; from += COUNT) {
            for (List<byte[]> partition : partitions) {
                samples.addAll(partition.subList(from, from + COUNT));
            }
        }
        return samples;
    }
}
