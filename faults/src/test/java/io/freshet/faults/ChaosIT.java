package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

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
 * Catches whatever a crash can do to what was learned: samples lost or learned twice, state that comes back otherwise,
 * snapshots that are seen and then taken back. Kafka, the job manager and two task managers are processes; a round is load
 * and two faults under it, at seeded samples, and then every snapshot ever published must be the plain loop's, bit for bit.
 *
 * <p>System properties {@code freshet.chaos.backend} (hashmap, or rocksdb), {@code freshet.chaos.rounds} (3) and {@code
 * freshet.chaos.seed}, by which the samples, the faults and the samples at which these are due are the same again, however
 * many rounds. Rounds go on where the one before ended, so that the last state has been through all faults. Three rounds have
 * each kind once.
 */
class ChaosIT {
    /** Or more: until both faults are over. */
    private static final int SAMPLES_A_ROUND = 16_000;

    private static final int RATE = 2_000;
    private static final int FAULTS_A_ROUND = 2;
    private static final int ROUNDS = Integer.getInteger("freshet.chaos.rounds", 3);
    private static final long SEED = Long.getLong("freshet.chaos.seed", 2026);
    /** The job manager ends where the broker is away when it starts; what ends more often than that crashes. */
    private static final int MOST_ENDED_A_ROUND = 3;

    private static final String BACKEND = System.getProperty("freshet.chaos.backend", "hashmap");
    private static final Path OUTPUT = Path.of("target", "chaos");

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void every_snapshot_is_the_plain_loops_after_any_faults() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        // By a random of its own: how many are drawn changes nothing else.
        List<Fault> faults = Fault.draw(ROUNDS * FAULTS_A_ROUND, random.split());
        Topics topics = Topics.of("chaos");
        try (ChaosReport report = new ChaosReport(SEED, BACKEND, OUTPUT);
                TrainerCluster cluster =
                        new TrainerCluster(directory, OUTPUT, topics.prefix(), SampleStream.PARTITIONS, BACKEND)) {
            cluster.start(Part.BROKER);
            TestTopics.create(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS);
            Part.ALL.stream().filter(part -> part != Part.BROKER).forEach(cluster::start);
            cluster.awaitCheckpoint();
            try (LoadProducer producer = new LoadProducer(
                            cluster.bootstrapServers(),
                            topics.samples(),
                            new SampleStream(random.nextLong())::next,
                            RATE);
                    Learned learned = new Learned(
                            cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS)) {
                long sent = 0;
                for (int round = 1; round <= ROUNDS; round++) {
                    List<Fault> now = faults.subList((round - 1) * FAULTS_A_ROUND, round * FAULTS_A_ROUND);
                    report.begin();
                    Future<Integer> sending = producer.send();
                    List<String> done = disturb(cluster, producer, now, random);
                    cluster.awaitThat("all samples sent", () -> producer.sent() >= SAMPLES_A_ROUND);
                    producer.stop();
                    cluster.awaitThat("all samples taken", sending::isDone);
                    sent += LoadProducer.finish(sending);
                    cluster.awaitThat("all samples learned", learned::isComplete);
                    List<String> ended = cluster.endedByThemselves();
                    report.end(round, done, sent, learned, ended);
                    learned.assertSameAsOracle(sent);
                    learned.assertNoneTakenBack();
                    assertThat(ended).as("ended without a kill").hasSizeLessThanOrEqualTo(MOST_ENDED_A_ROUND);
                }
                // One may come just after a checkpoint.
                if (faults.stream().filter(Fault::undoesLearning).count() > 1) {
                    assertThat(learned.eager().again())
                            .as("snapshots published again: without, no fault had an effect")
                            .isPositive();
                }
            }
        }
    }

    /** Has a fault when a drawn sample has been sent, the next not before there is a checkpoint; returns what was done. */
    private static List<String> disturb(
            TrainerCluster cluster, LoadProducer producer, List<Fault> faults, SplittableRandom random) {
        List<String> done = new ArrayList<>();
        List<Integer> moments = faults.stream()
                .map(fault -> random.nextInt(SAMPLES_A_ROUND / 10, SAMPLES_A_ROUND))
                .sorted(Comparator.naturalOrder())
                .toList();
        for (int i = 0; i < faults.size(); i++) {
            int moment = moments.get(i);
            cluster.awaitThat("sample " + moment, () -> producer.sent() >= moment);
            int sent = producer.sent();
            done.add(faults.get(i).inject(cluster, random) + " at sample " + sent);
            cluster.supervise();
            cluster.awaitCheckpoint();
        }
        return done;
    }
}
