package io.freshet.faults.standby;

import static io.freshet.faults.cluster.ClusterProcess.SESSION_MANAGER_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.cluster.FlinkRest;
import io.freshet.faults.cluster.TrainerCluster;
import io.freshet.faults.load.LoadProducer;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.oracle.OracleComparison;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a job manager that takes over and takes messages of the run before for those of its own: it has the same job, and counts
 * attempts from 0 again. Checkpoints are only taken on request.
 */
class ReplicaStandbyIT {
    /** Rounds wait for both replicas: two runs from scratch close the same rounds otherwise if they need not. */
    private static final List<ModelSpec> SPECS = SampleStream.WITH_REPLICAS.stream()
            .filter(spec -> spec.name().equals("shared"))
            .map(spec -> ModelSpec.parse(spec.toYaml().replace("idle: 2s", "idle: 0")))
            .toList();

    private static final int SAMPLES = 2_000;
    private static final int RATE = 2_000;
    /** Ends within the second round of each replica. */
    private static final long DELETED = 50;

    /** Bytes of a batch: fewer than a contribution has, and more than the message of a failure. */
    private static final int TOO_FEW = 400;

    private static final int ENOUGH = 1 << 20;

    @TempDir
    Path directory;

    /** Retention has deleted samples since then, so the same rounds have others. */
    @Test
    void a_leader_without_a_checkpoint_does_not_merge_what_replicas_of_the_last_one_contributed() throws Exception {
        Topics topics = Topics.of("scratch");
        try (TrainerCluster cluster = start(topics);
                LoadProducer producer = producer(cluster, topics)) {
            LoadProducer.finish(producer.send(SAMPLES));
            try (OracleComparison before = comparison(cluster, topics)) {
                assertAllLearned(cluster, before);
            }
            deleteSamples(cluster, topics);
            try (OracleComparison comparison = comparison(cluster, topics)) {
                comparison.skipPublished();
                assertThat(cluster.rest().job()).map(FlinkRest.Job::completed).contains(0);
                SessionCluster.killLeader(cluster, SESSION_MANAGER_1, 0);
                LoadProducer.finish(producer.send(SAMPLES));
                assertAllLearned(cluster, comparison);
            }
            assertThat(cluster.freshet("replay", "shared")).contains("identical");
        }
    }

    @Test
    void a_leader_learns_a_model_again_that_has_failed_since_the_checkpoint() throws Exception {
        Topics topics = Topics.of("retried");
        try (TrainerCluster cluster = start(topics);
                LoadProducer producer = producer(cluster, topics);
                OracleComparison comparison = comparison(cluster, topics);
                RoundsTopic rounds = new RoundsTopic(cluster.bootstrapServers(), topics)) {
            LoadProducer.finish(producer.send(SAMPLES));
            assertAllLearned(cluster, comparison);
            cluster.checkpoint();
            rounds.limit(TOO_FEW);
            Future<Integer> sending = producer.send();
            cluster.awaitUntil("the message of a failure", rounds::hasFailure);
            producer.stop();
            LoadProducer.finish(sending);
            rounds.limit(ENOUGH);
            SessionCluster.killLeader(cluster, SESSION_MANAGER_1, 1);
            assertAllLearned(cluster, comparison);
            assertThat(cluster.freshet("replay", "shared")).contains("identical");
        }
    }

    private TrainerCluster start(Topics topics) throws Exception {
        TrainerCluster cluster = new TrainerCluster(
                directory, Path.of("target", topics.prefix()), topics.prefix(), SampleStream.PARTITIONS, "hashmap");
        cluster.checkpointEvery("1h");
        SessionCluster.start(cluster, topics, SPECS);
        return cluster;
    }

    private static LoadProducer producer(TrainerCluster cluster, Topics topics) {
        return new LoadProducer(cluster.bootstrapServers(), topics.samples(), new SampleStream(5, SPECS)::next, RATE);
    }

    private static OracleComparison comparison(TrainerCluster cluster, Topics topics) {
        return new OracleComparison(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, SPECS);
    }

    private static void assertAllLearned(TrainerCluster cluster, OracleComparison comparison) {
        cluster.awaitUntil(
                "all samples learned, or others",
                () -> comparison.isEagerComplete()
                        || !comparison.eager().differences().isEmpty());
        assertThat(comparison.eager().differences()).isEmpty();
    }

    private static void deleteSamples(TrainerCluster cluster, Topics topics) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.deleteRecords(IntStream.range(0, SampleStream.PARTITIONS)
                            .boxed()
                            .collect(Collectors.toMap(
                                    partition -> new TopicPartition(topics.samples(), partition),
                                    partition -> RecordsToDelete.beforeOffset(DELETED))))
                    .all()
                    .get();
        }
    }
}
