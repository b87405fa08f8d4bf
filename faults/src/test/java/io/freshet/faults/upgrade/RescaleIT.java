package io.freshet.faults.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.faults.embedded.MiniTrainer;
import io.freshet.faults.load.LoadProducer;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.load.TestTopics;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches state that does not move with its key to another subtask, offsets that do not move with their partition, and
 * state that another backend reads differently. Under load and through savepoints, the job switches from 1 to 2 to 1 to
 * 3 subtasks and between heap and RocksDB, and must match the oracle.
 */
class RescaleIT {
    private static final int RATE = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<Phase> PHASES =
            List.of(new Phase(1, "hashmap"), new Phase(2, "rocksdb"), new Phase(1, "rocksdb"), new Phase(3, "hashmap"));

    @TempDir
    Path directory;

    private record Phase(int parallelism, String backend) {}

    @Test
    void matches_the_oracle_at_any_parallelism_and_with_either_backend() throws Exception {
        Topics topics = Topics.of("rescaled");
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            TestTopics.create(kafka.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.WITH_REPLICAS);
            try (LoadProducer producer = new LoadProducer(
                            kafka.bootstrapServers(),
                            topics.samples(),
                            new SampleStream(1, SampleStream.WITH_REPLICAS)::next,
                            RATE);
                    OracleComparison comparison = new OracleComparison(
                            kafka.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.WITH_REPLICAS)) {
                String savepoint = "";
                long sent = 0;
                for (int i = 0; i < PHASES.size(); i++) {
                    MiniTrainer.Plan plan = new MiniTrainer.Plan(
                            new MiniTrainer.Kafka(kafka.bootstrapServers(), topics, Map.of()),
                            directory.resolve("phase" + i),
                            PHASES.get(i).parallelism(),
                            Map.of("state.backend.type", PHASES.get(i).backend()),
                            savepoint);
                    try (MiniTrainer trainer = MiniTrainer.start(plan)) {
                        long before = comparison.eager().snapshots();
                        Future<Integer> sending = producer.send();
                        await("phase " + i).atMost(PATIENCE).until(() -> {
                            comparison.isComplete();
                            return comparison.eager().snapshots() > before + 10
                                    && trainer.checkpoints().getNumberOfCompletedCheckpoints() > 0;
                        });
                        boolean last = i == PHASES.size() - 1;
                        if (!last) {
                            savepoint = trainer.stopWithSavepoint(directory.resolve("savepoints"));
                            assertThat(sending)
                                    .as("samples are still being sent")
                                    .isNotDone();
                        }
                        producer.stop();
                        sent += LoadProducer.finish(sending);
                        if (last) {
                            await("all learned").atMost(PATIENCE).until(comparison::isComplete);
                        }
                    }
                }
                comparison.assertSameAsOracle(sent);
                comparison.assertNoneRetracted();
            }
        }
    }
}
