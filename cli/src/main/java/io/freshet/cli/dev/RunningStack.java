package io.freshet.cli.dev;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.runtime.jobmaster.JobResult;

/**
 * A broker, a job, and a server that run in this process.
 *
 * @param job completes when the job ends
 * @param format of the samples topic: avro, confluent, or json
 * @param models that were applied when the stack had started, in order of their names
 */
public record RunningStack(
        LocalStack stack, CompletableFuture<JobResult> job, ModelServer server, String format, List<ModelSpec> models) {
    public RunningStack {
        models = List.copyOf(models);
    }

    public KafkaOptions kafka() {
        return stack.kafkaOptions();
    }

    /** Returns the address of the broker: {@code host:port}. */
    public String bootstrapServers() {
        return stack.bootstrapServers();
    }

    public Topics topics() {
        return stack.topics();
    }

    /** Returns the directory of the stack, for more files. */
    public Path directory() {
        return stack.directory();
    }

    /** Returns the address of the server: {@code http://host:port}. */
    public String serverAddress() {
        return "http://" + ServerOptions.DEFAULT_HOST + ":" + server.port();
    }

    /** Returns the address of Flink's web UI. */
    public URI flinkAddress() throws Exception {
        return stack.cluster().webAddress();
    }

    /** @throws io.freshet.cli.console.CommandException with the reason, if the job or the broker has failed */
    public void requireRunning() throws Exception {
        if (!stack.isClosing()) {
            LocalCluster.requireNoFailure(job);
            stack.requireBroker();
        }
    }

    /** Waits for a time, or until the job ends. */
    void awaitJob(Duration time) throws InterruptedException {
        try {
            job.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // It runs, or requireRunning reports the failure.
        }
    }

    /** Returns whether the stack is being closed, which ends the job. */
    boolean isClosing() {
        return stack.isClosing();
    }
}
