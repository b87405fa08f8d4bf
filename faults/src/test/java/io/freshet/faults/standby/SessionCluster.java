package io.freshet.faults.standby;

import static io.freshet.faults.cluster.ClusterProcess.BROKER;
import static io.freshet.faults.cluster.ClusterProcess.SESSION_MANAGER_1;
import static io.freshet.faults.cluster.ClusterProcess.SESSION_MANAGER_2;
import static io.freshet.faults.cluster.ClusterProcess.TASK_MANAGER_1;
import static io.freshet.faults.cluster.ClusterProcess.TASK_MANAGER_2;
import static io.freshet.faults.cluster.ClusterProcess.ZOOKEEPER;
import static org.awaitility.Awaitility.await;

import io.freshet.faults.cluster.ClusterProcess;
import io.freshet.faults.cluster.JobJar;
import io.freshet.faults.cluster.TrainerCluster;
import io.freshet.faults.load.SampleStream;
import io.freshet.faults.load.TestTopics;
import io.freshet.job.FreshetJob;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Starts the job on a session cluster of two job managers, and kills the one that leads. */
final class SessionCluster {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private SessionCluster() {}

    /** Starts all processes and the job; the first job manager leads. */
    static void start(TrainerCluster cluster, Topics topics, List<ModelSpec> specs) throws Exception {
        cluster.electLeaders();
        List.of(ZOOKEEPER, BROKER, SESSION_MANAGER_1, TASK_MANAGER_1, TASK_MANAGER_2)
                .forEach(cluster::start);
        TestTopics.create(cluster.bootstrapServers(), topics, SampleStream.PARTITIONS, specs);
        Path jar = JobJar.write(
                cluster.files().directory().resolve("job.jar"), "1", FreshetJob.class, FreshetVersion.class);
        cluster.submit(jar);
        cluster.start(SESSION_MANAGER_2);
        cluster.awaitUntil("a standby", () -> cluster.isReachable(SESSION_MANAGER_2));
    }

    /**
     * Kills the leader; returns when the other job manager runs the same job, and the killed one is its standby.
     *
     * @param restored least number of checkpoints that the other one restores
     */
    static void killLeader(TrainerCluster cluster, ClusterProcess leader, int restored) {
        String job = cluster.rest().job().orElseThrow().id();
        cluster.kill(leader);
        // The killed process starts again only after the other one has taken over.
        await("the next leader")
                .atMost(PATIENCE)
                .until(() -> cluster.rest()
                        .job()
                        .filter(now ->
                                now.id().equals(job) && now.state().equals("RUNNING") && now.restored() >= restored)
                        .isPresent());
        cluster.awaitUntil("a standby", () -> cluster.isReachable(leader));
    }
}
