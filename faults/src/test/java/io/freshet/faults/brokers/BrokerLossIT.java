package io.freshet.faults.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.faults.cluster.FreshetRun;
import io.freshet.faults.embedded.MiniTrainer;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers, with {@code min.insync.replicas=2}. Would catch a producer that does not wait for all replicas in sync, a
 * topic created with fewer of them, and a client that does not find the next leader.
 */
class BrokerLossIT {
    private static final int ROWS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern SAMPLES = Pattern.compile("\"samples\":(\\d+)");
    private static final Topics TOPICS = Topics.of("three");
    private static final Set<String> ALL = Set.of(
            TOPICS.samples(),
            TOPICS.models(),
            TOPICS.parameters(),
            TOPICS.committed(),
            TOPICS.history(),
            TOPICS.metrics(),
            TOPICS.deadLetters());

    @Test
    void loses_nothing_if_a_leader_and_its_disk_are_gone_and_then_another(@TempDir Path directory) throws Exception {
        Path spec = Files.writeString(
                directory.resolve("m.yaml"),
                "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}, publish: {lane: committed}}");
        Path rows = Files.write(
                directory.resolve("m.csv"),
                IntStream.rangeClosed(0, ROWS)
                        .mapToObj(i -> i == 0 ? "a,y" : i % 7 + "," + i % 5)
                        .toList());
        try (ThreeBrokers brokers = new ThreeBrokers(directory)) {
            done(brokers, "topics", "create", "--partitions=1");
            done(brokers, "apply", "-f", spec.toString());
            MiniTrainer.Plan plan = new MiniTrainer.Plan(
                    new MiniTrainer.Kafka(brokers.bootstrapServers(), TOPICS, Map.of()), directory, 1, Map.of(), "");
            try (MiniTrainer trainer = MiniTrainer.start(plan)) {
                int first = brokers.leader(Set.of(TOPICS.samples()));
                feedWhile(brokers, rows, () -> brokers.destroy(first));

                brokers.start(first);
                brokers.awaitInSync(ALL);
                int second = brokers.leader(ALL);
                feedWhile(brokers, rows, () -> brokers.destroy(second));
            }
            assertThat(done(brokers, "replay", "m")).contains("identical");
        }
    }

    private interface Fault {
        void cause() throws Exception;
    }

    /** Feeds the rows, and causes a fault in the middle; returns once the brokers have acknowledged all of them. */
    private static void feedWhile(ThreeBrokers brokers, Path rows, Fault fault) throws Exception {
        int before = learned(brokers);
        CompletableFuture<String> fed = CompletableFuture.supplyAsync(
                () -> done(brokers, "feed", "--input", rows.toString(), "--rate=" + ROWS / 3));
        await().atMost(PATIENCE).until(() -> learned(brokers) > before);
        fault.cause();
        fed.get();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> learned(brokers) == before + ROWS);
    }

    /** Returns the number of samples that the model has learned. */
    private static int learned(ThreeBrokers brokers) {
        Matcher samples = SAMPLES.matcher(done(brokers, "status", "--output=json"));
        return samples.find() ? Integer.parseInt(samples.group(1)) : 0;
    }

    private static String done(ThreeBrokers brokers, String... arguments) {
        return FreshetRun.done(brokers.bootstrapServers(), TOPICS.prefix(), arguments);
    }
}
