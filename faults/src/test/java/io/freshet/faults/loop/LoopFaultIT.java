package io.freshet.faults.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.faults.cluster.FreshetRun;
import io.freshet.faults.load.TestTopics;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a loop that loses a logged request or its outcome, joins one twice, or learns a label other than the final one
 * after a crash: each of the four processes is killed under load, and some at once.
 *
 * <p>At the end, the samples of each logged request are one first sample and corrections that lead to the label of its
 * outcomes, and every snapshot ever published equals a plain loop over the samples topic.
 */
class LoopFaultIT {
    private static final int PARTITIONS = 2;
    private static final int RATE = 30;
    /** Between two kills. */
    private static final int ANSWERS = 150;

    private static final List<List<LoopProcess>> VICTIMS = List.of(
            List.of(LoopProcess.BROKER),
            List.of(LoopProcess.SERVER),
            List.of(LoopProcess.JOIN),
            List.of(LoopProcess.TRAINER),
            List.of(LoopProcess.JOIN, LoopProcess.TRAINER),
            List.of(LoopProcess.JOIN, LoopProcess.BROKER));

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path OUTPUT = Path.of("target", "loop");

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void each_logged_request_is_learned_once_with_its_final_label() throws Exception {
        Topics topics = Topics.of("loop");
        try (LoopProcesses processes = new LoopProcesses(directory, OUTPUT, topics.prefix())) {
            processes.start(LoopProcess.BROKER);
            createTopics(processes.bootstrapServers(), topics);
            Stream.of(LoopProcess.SERVER, LoopProcess.JOIN, LoopProcess.TRAINER).forEach(processes::start);
            try (LoopLoad load = new LoopLoad(processes.serverAddress(), RATE);
                    JoinedLog joined = new JoinedLog(processes.bootstrapServers(), topics, PARTITIONS);
                    OracleComparison learned =
                            new OracleComparison(processes.bootstrapServers(), topics, PARTITIONS, LoopLoad.SPECS)) {
                for (List<LoopProcess> victims : VICTIMS) {
                    int answered = load.answered();
                    long samples = learned.eager().snapshots();
                    awaitUntil(
                            processes,
                            "answers and snapshots before the kill of " + victims,
                            () -> load.answered() >= answered + ANSWERS && hasNewSnapshots(learned, samples));
                    System.out.printf(
                            "kill %s after %d answers, %d refused, the last by %s%n",
                            victims, load.answered(), load.refused(), load.refusal());
                    victims.forEach(processes::kill);
                }
                int answered = load.answered();
                awaitUntil(processes, "answers after the last kill", () -> load.answered() >= answered + ANSWERS);
                load.stop();
                awaitUntil(processes, "all outcomes reported", load::isReported);
                awaitUntil(processes, "all requests joined", joined::isComplete);
                joined.assertEachLearnedOnce();
                awaitUntil(processes, "all samples learned", learned::isEagerComplete);
                learned.assertSameAsOracle(joined.samples());
                for (ModelSpec spec : LoopLoad.SPECS) {
                    assertThat(FreshetRun.done(
                                    processes.bootstrapServers(),
                                    topics.prefix(),
                                    "replay",
                                    spec.name(),
                                    "--key",
                                    "c0"))
                            .contains("identical");
                }
                System.out.printf(
                        "%d requests logged, %d answered, %d refused; %d samples, %d corrections, %d outcomes stored again%n",
                        joined.requests(),
                        load.answered(),
                        load.refused(),
                        joined.samples(),
                        joined.corrections(),
                        joined.doubledOutcomes());
                assertThat(joined.requests()).as("logged requests").isGreaterThanOrEqualTo(load.answered());
                assertThat(joined.corrections()).as("corrections").isPositive();
                assertThat(joined.doubledOutcomes()).as("outcomes stored again").isPositive();
            }
        }
    }

    private static boolean hasNewSnapshots(OracleComparison learned, long before) {
        learned.isEagerComplete();
        return learned.eager().snapshots() > before;
    }

    private static void awaitUntil(LoopProcesses processes, String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            processes.supervise();
            return condition.call();
        });
    }

    private static void createTopics(String bootstrapServers, Topics topics) throws Exception {
        TestTopics.create(bootstrapServers, topics, PARTITIONS, LoopLoad.SPECS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Stream.of(topics.answers(), topics.outcomes(), topics.unjoined())
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }
}
