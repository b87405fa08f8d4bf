package io.freshet.faults.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.cluster.ClusterProcess;
import io.freshet.faults.cluster.Fault;
import io.freshet.faults.cluster.TrainerCluster;
import io.freshet.faults.load.LoadProducer;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.load.TestTopics;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.schemas.kafka.Topics;
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
 * Catches damage from crashes: samples that are lost or learned twice, state that is restored wrongly, and snapshots
 * that are retracted after readers have seen them.
 *
 * <p>Kafka, the job manager, and two task managers are separate processes. In each round, two faults hit a running load
 * at seeded samples, and then both task managers are killed while one sends the parts of a message. After the round, every
 * snapshot ever published must equal the oracle's, bit for bit, also those of models with replicas. In every third round, one of
 * two partitions is silent, and so is its replica. The state carries over from round to round, so the final state has survived
 * all faults. Three rounds have each kind of fault once.
 *
 * <p>System properties: {@code freshet.chaos.backend} (hashmap or rocksdb), {@code freshet.chaos.rounds} (3), and
 * {@code freshet.chaos.seed}. The seed determines the samples, the faults, and their positions, for any number of
 * rounds.
 */
class ChaosIT {
    /** Minimum samples of a round; sending continues until all faults are over. */
    private static final int SAMPLES_PER_ROUND = 16_000;

    private static final int RATE = 2_000;
    private static final int FAULTS_PER_ROUND = 2;
    private static final int SILENT_ONE_IN = 3;
    private static final int ROUNDS_WITHOUT_HITS = 5;
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
    void every_snapshot_equals_the_oracle_after_faults() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        // A split source, so that the number of faults does not affect the samples.
        List<Fault> faults = Fault.draw(ROUNDS * FAULTS_PER_ROUND, random.split());
        Topics topics = Topics.of("chaos");
        try (ChaosReport report = new ChaosReport(SEED, BACKEND, OUTPUT);
                TrainerCluster cluster =
                        new TrainerCluster(directory, OUTPUT, topics.prefix(), SampleStream.PARTITIONS, BACKEND)) {
            cluster.start(ClusterProcess.BROKER);
            TestTopics.create(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.WITH_REPLICAS);
            ClusterProcess.ALL.stream()
                    .filter(part -> part != ClusterProcess.BROKER)
                    .forEach(cluster::start);
            cluster.awaitCheckpoint();
            SampleStream samples = new SampleStream(random.nextLong(), SampleStream.WITH_REPLICAS);
            try (LoadProducer producer =
                            new LoadProducer(cluster.bootstrapServers(), topics.samples(), samples::next, RATE);
                    OracleComparison comparison = new OracleComparison(
                            cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.WITH_REPLICAS)) {
                long sent = 0;
                for (int round = 1; round <= ROUNDS; round++) {
                    List<Fault> roundFaults = faults.subList((round - 1) * FAULTS_PER_ROUND, round * FAULTS_PER_ROUND);
                    report.begin();
                    boolean isSilent = round % SILENT_ONE_IN == SILENT_ONE_IN - 1;
                    samples.silence(isSilent);
                    Future<Integer> sending = producer.send();
                    List<String> injected = new ArrayList<>(isSilent ? List.of("partition 1 silent") : List.of());
                    injected.addAll(inject(cluster, producer, roundFaults, random));
                    injected.add(killBetweenParts(cluster, topics));
                    cluster.awaitUntil("all samples sent", () -> producer.sent() >= SAMPLES_PER_ROUND);
                    producer.stop();
                    cluster.awaitUntil("all samples acknowledged", sending::isDone);
                    sent += LoadProducer.finish(sending);
                    cluster.awaitUntil("all samples learned", comparison::isComplete);
                    List<String> exited = cluster.exitedUnexpectedly();
                    report.end(round, injected, sent, comparison, exited);
                    comparison.assertSameAsOracle(sent);
                    comparison.assertNoneRetracted();
                    assertThat(exited).as("exited without a kill").hasSizeLessThanOrEqualTo(MAXIMUM_EXITS_PER_ROUND);
                }
                assertThat(comparison.eager().repeated())
                        .as("repeated snapshots (none means that no fault had an effect)")
                        .isPositive();
                // A kill may miss, since the last part may be stored when the first one is read.
                if (ROUNDS > ROUNDS_WITHOUT_HITS) {
                    assertThat(comparison.incompleteMessages())
                            .as("incomplete messages (none means that no kill was between the parts of one)")
                            .isPositive();
                }
                SampleStream.WITH_REPLICAS.stream()
                        .filter(spec -> spec.replicas() != null)
                        .forEach(spec -> assertThat(cluster.freshet("replay", spec.name()))
                                .contains("identical"));
            }
        }
    }

    /** Injects each fault at a random sample, but not before a checkpoint has followed the previous fault. */
    private static List<String> inject(
            TrainerCluster cluster, LoadProducer producer, List<Fault> faults, SplittableRandom random) {
        List<String> injected = new ArrayList<>();
        List<Integer> positions = faults.stream()
                .map(fault -> random.nextInt(SAMPLES_PER_ROUND / 10, SAMPLES_PER_ROUND))
                .sorted(Comparator.naturalOrder())
                .toList();
        for (int i = 0; i < faults.size(); i++) {
            int position = positions.get(i);
            cluster.awaitUntil("sample " + position, () -> producer.sent() >= position);
            int sent = producer.sent();
            injected.add(faults.get(i).inject(cluster, random) + " at sample " + sent);
            cluster.supervise();
            cluster.awaitCheckpoint();
        }
        return injected;
    }

    /** Kills the task managers when one of them has sent the first part of a message. The last one may be on its way. */
    private static String killBetweenParts(TrainerCluster cluster, Topics topics) throws Exception {
        PartWatch.awaitFirstPart(cluster.bootstrapServers(), topics.rounds(), SampleStream.PARTITIONS);
        cluster.kill(ClusterProcess.TASK_MANAGER_1, ClusterProcess.TASK_MANAGER_2);
        cluster.supervise();
        cluster.awaitCheckpoint();
        return "kill both task managers after a part";
    }
}
