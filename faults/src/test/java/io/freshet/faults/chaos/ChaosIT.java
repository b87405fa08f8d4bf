package io.freshet.faults.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.cluster.ClusterProcess;
import io.freshet.faults.cluster.Fault;
import io.freshet.faults.cluster.TrainerCluster;
import io.freshet.faults.load.LoadProducer;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.load.TestTopics;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would catch any damage of a crash to what was learned: samples lost or learned twice, state restored wrongly, snapshots that
 * readers see and that are then retracted.
 *
 * <p>Kafka, the job manager, and two task managers are processes. A round is load with two faults at seeded samples. After it,
 * every snapshot ever published must equal the oracle's, bit for bit. A round continues where the previous one ended, so that the
 * last state has been through all faults. Three rounds have each kind of fault once.
 *
 * <p>System properties: {@code freshet.chaos.backend} (hashmap or rocksdb), {@code freshet.chaos.rounds} (3), and {@code
 * freshet.chaos.seed}. The seed determines the samples, the faults, and when these happen, whatever the number of rounds.
 */
class ChaosIT {
    /** Samples of a round, or more until both faults are over. */
    private static final int SAMPLES_PER_ROUND = 16_000;

    private static final int RATE = 2_000;
    private static final int FAULTS_PER_ROUND = 2;
    private static final int ROUNDS = Integer.getInteger("freshet.chaos.rounds", 3);
    private static final long SEED = Long.getLong("freshet.chaos.seed", 2026);
    /** The job manager exits if the broker is down when it starts; more exits than this are crashes. */
    private static final int MAXIMUM_EXITS_PER_ROUND = 3;

    private static final String BACKEND = System.getProperty("freshet.chaos.backend", "hashmap");
    private static final Path OUTPUT = Path.of("target", "chaos");

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void every_snapshot_equals_the_oracle_s_after_any_faults() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        // From a separate random source, so that the number of faults drawn changes nothing else.
        List<Fault> faults = Fault.draw(ROUNDS * FAULTS_PER_ROUND, random.split());
        Topics topics = Topics.of("chaos");
        try (ChaosReport report = new ChaosReport(SEED, BACKEND, OUTPUT);
                TrainerCluster cluster =
                        new TrainerCluster(directory, OUTPUT, topics.prefix(), SampleStream.PARTITIONS, BACKEND)) {
            cluster.start(ClusterProcess.BROKER);
            TestTopics.create(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS);
            ClusterProcess.ALL.stream()
                    .filter(part -> part != ClusterProcess.BROKER)
                    .forEach(cluster::start);
            cluster.awaitCheckpoint();
            try (LoadProducer producer = new LoadProducer(
                            cluster.bootstrapServers(),
                            topics.samples(),
                            new SampleStream(random.nextLong())::next,
                            RATE);
                    OracleComparison learned = new OracleComparison(
                            cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS)) {
                long sent = 0;
                for (int round = 1; round <= ROUNDS; round++) {
                    List<Fault> now = faults.subList((round - 1) * FAULTS_PER_ROUND, round * FAULTS_PER_ROUND);
                    report.begin();
                    Future<Integer> sending = producer.send();
                    List<String> done = disturb(cluster, producer, now, random);
                    cluster.awaitUntil("all samples sent", () -> producer.sent() >= SAMPLES_PER_ROUND);
                    producer.stop();
                    cluster.awaitUntil("all samples acknowledged", sending::isDone);
                    sent += LoadProducer.finish(sending);
                    cluster.awaitUntil("all samples learned", learned::isComplete);
                    List<String> ended = cluster.exitedUnexpectedly();
                    report.end(round, done, sent, learned, ended);
                    learned.assertSameAsOracle(sent);
                    learned.assertNoneRetracted();
                    assertThat(ended).as("exited without a kill").hasSizeLessThanOrEqualTo(MAXIMUM_EXITS_PER_ROUND);
                }
                // A single fault may happen just after a checkpoint and undo nothing.
                if (faults.stream().filter(Fault::undoesLearning).count() > 1) {
                    assertThat(learned.eager().repeated())
                            .as("repeated snapshots: without any, no fault had an effect")
                            .isPositive();
                }
            }
        }
    }

    /** Injects each fault when a drawn sample has been sent and a checkpoint has followed the previous fault. */
    private static List<String> disturb(
            TrainerCluster cluster, LoadProducer producer, List<Fault> faults, SplittableRandom random) {
        List<String> done = new ArrayList<>();
        List<Integer> positions = faults.stream()
                .map(fault -> random.nextInt(SAMPLES_PER_ROUND / 10, SAMPLES_PER_ROUND))
                .sorted(Comparator.naturalOrder())
                .toList();
        for (int i = 0; i < faults.size(); i++) {
            int position = positions.get(i);
            cluster.awaitUntil("sample " + position, () -> producer.sent() >= position);
            int sent = producer.sent();
            done.add(faults.get(i).inject(cluster, random) + " at sample " + sent);
            cluster.supervise();
            cluster.awaitCheckpoint();
        }
        return done;
    }
}
