package io.freshet.cli.dev;

import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.job.recovery.RetainedCheckpoints;
import io.freshet.job.topology.TrainerEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A job of a stack. It starts from the newest intact checkpoint that it has in the stack's directory, or else from the earliest
 * records.
 *
 * @param checkpoints folder of the stack's directory, of this job alone
 * @param interval between checkpoints
 */
record StackJob(String checkpoints, Duration interval) {
    /** Learns samples. */
    static final StackJob TRAINER = new StackJob(LocalCluster.CHECKPOINTS, Duration.ofSeconds(5));
    /** Joins requests with their outcomes. Samples become visible with its checkpoints, so they are frequent. */
    static final StackJob JOIN = new StackJob("join-checkpoints", Duration.ofSeconds(1));

    /** Submits the job; returns once the cluster has accepted it. */
    JobID submit(LocalStack stack, Consumer<StreamExecutionEnvironment> graph) throws Exception {
        URI folder = stack.directory().resolve(checkpoints).toUri();
        return stack.cluster()
                .submit(
                        env -> {
                            LocalCluster.limitRestarts(env, LocalCluster.RESTARTS);
                            resume(env, folder);
                            graph.accept(env);
                        },
                        interval);
    }

    private static void resume(StreamExecutionEnvironment env, URI folder) {
        Configuration own = new Configuration();
        own.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toString());
        env.configure(own, StackJob.class.getClassLoader());
        try {
            TrainerEnvironment.resume(env, new RetainedCheckpoints(new Path(folder)));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
