package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.topology.KafkaTrainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobmaster.JobResult;

/** A job on its own cluster that fails a given number of times, each time after a checkpoint. */
record FaultyRun(LocalCluster cluster, JobID job, int faults) implements AutoCloseable {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(50);
    private static final long PATIENCE_SECONDS = 180;

    /** @param directory of the cluster */
    static FaultyRun start(KafkaTrainer trainer, Path directory, int parallelism, int faults) throws Exception {
        FaultyReader.reset(faults);
        LocalCluster cluster = LocalCluster.start(directory, parallelism, new Configuration());
        try {
            JobID job = cluster.submit(
                    FaultyReader.in(trainer.sources(), trainer.kafka().bootstrapServers(), directory),
                    trainer.sinks(),
                    CHECKPOINT_INTERVAL);
            return new FaultyRun(cluster, job, faults);
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    CompletableFuture<JobResult> result() {
        return cluster.result(job);
    }

    /** Waits until the job has succeeded, after all of its faults, and asserts that it resumed from the middle. */
    void awaitEnd() throws Exception {
        assertThat(result().get(PATIENCE_SECONDS, TimeUnit.SECONDS).isSuccess()).isTrue();
        assertThat(FaultyReader.failures()).as("faults").isEqualTo(faults);
        if (faults > 0) {
            assertThat(FaultyReader.resumedAt()).as("offset of a restart").isPositive();
        }
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
