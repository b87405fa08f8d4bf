package io.freshet.faults.standby;

import static io.freshet.faults.cluster.ClusterProcess.BROKER;
import static io.freshet.faults.cluster.ClusterProcess.JOB_MANAGER;
import static io.freshet.faults.cluster.ClusterProcess.SESSION_MANAGER_1;
import static io.freshet.faults.cluster.ClusterProcess.SESSION_MANAGER_2;
import static io.freshet.faults.cluster.ClusterProcess.TASK_MANAGER_1;
import static io.freshet.faults.cluster.ClusterProcess.TASK_MANAGER_2;
import static io.freshet.faults.cluster.ClusterProcess.ZOOKEEPER;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.cluster.ClusterProcess;
import io.freshet.faults.cluster.TrainerCluster;
import io.freshet.faults.load.LoadProducer;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.load.TestTopics;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a job that the next job manager starts from scratch, or from a checkpoint or savepoint that is not the latest.
 * ZooKeeper knows which one is, and which job manager leads.
 */
class StandbyIT {
    private static final int SAMPLES_BETWEEN = 4_000;
    private static final int RATE = 2_000;

    @TempDir
    Path directory;

    /** The leader of a session cluster is killed under load, and later the one that took over. */
    @Test
    void the_next_leader_continues_with_the_same_parameters_when_one_is_killed() throws Exception {
        Topics topics = Topics.of("standby");
        Path logs = Path.of("target", "standby");
        try (TrainerCluster cluster =
                new TrainerCluster(directory, logs, topics.prefix(), SampleStream.PARTITIONS, "hashmap")) {
            SessionCluster.start(cluster, topics, SampleStream.SPECS);
            cluster.awaitCheckpoint();
            try (LoadProducer producer = new LoadProducer(
                            cluster.bootstrapServers(), topics.samples(), new SampleStream(3)::next, RATE);
                    OracleComparison comparison = new OracleComparison(
                            cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS)) {
                Future<Integer> sending = producer.send();
                for (ClusterProcess leader : List.of(SESSION_MANAGER_1, SESSION_MANAGER_2)) {
                    int before = producer.sent();
                    cluster.awaitUntil("more samples", () -> producer.sent() > before + SAMPLES_BETWEEN);
                    cluster.awaitCheckpoint();
                    SessionCluster.killLeader(cluster, leader, 1);
                    cluster.awaitCheckpoint();
                }
                producer.stop();
                long sent = LoadProducer.finish(sending);
                cluster.awaitUntil("all samples learned", comparison::isComplete);
                comparison.assertSameAsOracle(sent);
                comparison.assertNoneRetracted();
                assertThat(comparison.eager().repeated())
                        .as("repeated snapshots (none means that no checkpoint was restored)")
                        .isPositive();
                assertThat(cluster.exitedUnexpectedly())
                        .as("exited without a kill")
                        .isEmpty();
            }
        }
    }

    @Test
    void an_application_starts_again_from_its_newest_checkpoint_and_not_from_the_savepoint_of_its_options()
            throws Exception {
        Topics topics = Topics.of("restarted");
        Path logs = Path.of("target", "restarted");
        try (TrainerCluster cluster =
                new TrainerCluster(directory, logs, topics.prefix(), SampleStream.PARTITIONS, "hashmap")) {
            cluster.electLeaders();
            List.of(ZOOKEEPER, BROKER).forEach(cluster::start);
            TestTopics.create(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS);
            List.of(JOB_MANAGER, TASK_MANAGER_1, TASK_MANAGER_2).forEach(cluster::start);
            cluster.awaitCheckpoint();
            try (LoadProducer producer = new LoadProducer(
                            cluster.bootstrapServers(), topics.samples(), new SampleStream(4)::next, RATE);
                    OracleComparison comparison = new OracleComparison(
                            cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS)) {
                Future<Integer> sending = producer.send();
                cluster.awaitUntil("some samples", () -> producer.sent() > SAMPLES_BETWEEN);
                cluster.startFrom(cluster.stopWithSavepoint());
                // A job manager that is killed while it writes the job's result to a file cannot start again.
                cluster.awaitExit(JOB_MANAGER);
                cluster.start(JOB_MANAGER);
                int before = producer.sent();
                cluster.awaitUntil("more samples", () -> producer.sent() > before + SAMPLES_BETWEEN);
                cluster.awaitCheckpoint();
                cluster.kill(JOB_MANAGER);
                cluster.supervise();
                cluster.awaitCheckpoint();
                producer.stop();
                long sent = LoadProducer.finish(sending);
                cluster.awaitUntil("all samples learned", comparison::isComplete);
                comparison.assertSameAsOracle(sent);
                comparison.assertNoneRetracted();
            }
        }
    }
}
