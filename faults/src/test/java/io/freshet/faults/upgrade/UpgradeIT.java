package io.freshet.faults.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.cluster.ClusterProcess;
import io.freshet.faults.cluster.JobJar;
import io.freshet.faults.cluster.TrainerCluster;
import io.freshet.faults.load.LoadProducer;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.load.TestTopics;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.job.FreshetJob;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches an upgrade that loses or repeats samples. The job stops with a savepoint under load, and a job from another
 * jar continues from it, on task managers with that jar.
 */
class UpgradeIT {
    private static final int SAMPLES = 16_000;
    private static final int RATE = 2_000;
    private static final String NEXT_VERSION = "next-version";

    @TempDir
    Path directory;

    @Test
    void another_jar_continues_from_the_savepoint_of_this_one() throws Exception {
        Topics topics = Topics.of("upgraded");
        Path logs = Path.of("target", "upgrade");
        try (TrainerCluster cluster =
                new TrainerCluster(directory, logs, topics.prefix(), SampleStream.PARTITIONS, "hashmap")) {
            cluster.start(ClusterProcess.BROKER);
            TestTopics.create(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS);
            ClusterProcess.ALL.stream()
                    .filter(part -> part != ClusterProcess.BROKER)
                    .forEach(cluster::start);
            cluster.awaitCheckpoint();
            try (LoadProducer producer = new LoadProducer(
                            cluster.bootstrapServers(), topics.samples(), new SampleStream(2)::next, RATE);
                    OracleComparison comparison = new OracleComparison(
                            cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SampleStream.SPECS)) {
                Future<Integer> sending = producer.send(SAMPLES);
                cluster.awaitUntil("a third sent", () -> producer.sent() > SAMPLES / 3);
                cluster.startFrom(cluster.stopWithSavepoint());
                cluster.prependToClassPath(JobJar.write(
                        directory.resolve("next.jar"), NEXT_VERSION, FreshetJob.class, FreshetVersion.class));
                comparison.isComplete();
                assertThat(comparison.eager().writers()).doesNotContain(NEXT_VERSION);
                ClusterProcess.ALL.stream()
                        .filter(part -> part != ClusterProcess.BROKER)
                        .forEach(cluster::kill);
                cluster.supervise();
                cluster.awaitUntil("all samples sent", sending::isDone);
                LoadProducer.finish(sending);
                cluster.awaitUntil("all samples learned", comparison::isComplete);
                comparison.assertSameAsOracle(SAMPLES);
                comparison.assertNoneRetracted();
                assertThat(comparison.eager().writers()).hasSize(2).contains(NEXT_VERSION);
            }
        }
    }
}
