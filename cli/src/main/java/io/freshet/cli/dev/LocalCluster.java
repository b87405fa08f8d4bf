package io.freshet.cli.dev;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.console.CommandException;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerSinks;
import io.freshet.job.topology.TrainerSources;
import io.freshet.job.topology.TrainerTopology;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.dispatcher.DispatcherGateway;
import org.apache.flink.runtime.dispatcher.SessionDispatcherFactory;
import org.apache.flink.runtime.dispatcher.runner.DefaultDispatcherRunnerFactory;
import org.apache.flink.runtime.entrypoint.component.DefaultDispatcherResourceManagerComponentFactory;
import org.apache.flink.runtime.entrypoint.component.DispatcherResourceManagerComponentFactory;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.resourcemanager.StandaloneResourceManagerFactory;
import org.apache.flink.runtime.rest.RestEndpointFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A Flink cluster in this JVM, on loopback, with a {@link ReadOnlyPage read-only} web UI on a free port.
 *
 * <p>Checkpoints and all other files are in the given directory. Thread-safe.
 */
public final class LocalCluster implements AutoCloseable {
    /** The folder of a cluster's directory for files that only the running cluster needs. */
    static final String TEMPORARY = "tmp";

    /** The folder of a cluster's directory for the checkpoints of jobs that name no other. */
    public static final String CHECKPOINTS = "checkpoints";

    private static final String LOOPBACK = "127.0.0.1";
    /** The origin of no page, since Flink's default admits all. */
    private static final String NO_ORIGIN = "none";

    /** Allocated and cleared at the start. */
    private static final String NETWORK_MEMORY = "128m";

    /** Without an exchange between subtasks. */
    private static final String NETWORK_MEMORY_OF_ONE = "16m";

    /** After as many restarts, the next failure ends a job. */
    public static final int RESTARTS = 5;

    /** Longer than a checkpoint may take, which is ten minutes, and than Kafka's clients wait for a broker. */
    private static final Duration WITHOUT_FAILURE = Duration.ofHours(1);

    private final MiniCluster cluster;
    private final Configuration configuration;
    private final int parallelism;
    private int taskManager;

    private LocalCluster(MiniCluster cluster, Configuration configuration, int parallelism) {
        this.cluster = cluster;
        this.configuration = configuration;
        this.parallelism = parallelism;
    }

    /**
     * Starts a cluster.
     *
     * @param directory for checkpoints and temporary files; not deleted by {@link #close}
     * @param parallelism task slots, and subtasks of each operator
     */
    public static LocalCluster start(Path directory, int parallelism) throws Exception {
        return start(directory, parallelism, new Configuration());
    }

    /**
     * Starts a cluster.
     *
     * @param directory for checkpoints and temporary files; not deleted by {@link #close}
     * @param parallelism subtasks of each operator, and task slots unless the overrides have another number
     * @param overrides settings that take precedence over the defaults here
     */
    public static LocalCluster start(Path directory, int parallelism, Configuration overrides) throws Exception {
        Configuration configuration = new Configuration();
        Path temporary = directory.resolve(TEMPORARY);
        configuration.set(CoreOptions.TMP_DIRS, temporary.resolve("flink").toString());
        configuration.set(WebOptions.TMP_DIR, temporary.resolve("web").toString());
        configuration.set(WebOptions.UPLOAD_DIR, temporary.resolve("upload").toString());
        configuration.set(RestOptions.ADDRESS, LOOPBACK);
        configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(WebOptions.SUBMIT_ENABLE, false);
        configuration.set(WebOptions.CANCEL_ENABLE, false);
        configuration.set(WebOptions.RESCALE_ENABLE, false);
        configuration.set(WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN, NO_ORIGIN);
        configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        configuration.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        MemorySize network = MemorySize.parse(parallelism == 1 ? NETWORK_MEMORY_OF_ONE : NETWORK_MEMORY);
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve(CHECKPOINTS).toUri().toString());
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofMillis(200));
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(5));
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
        configuration.addAll(overrides);
        MiniClusterConfiguration settings = new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(configuration.get(TaskManagerOptions.NUM_TASK_SLOTS))
                .build();
        RestEndpointFactory<DispatcherGateway> page = ReadOnlyPage::new;
        MiniCluster cluster = new MiniCluster(settings) {
            @Override
            protected DispatcherResourceManagerComponentFactory createDispatcherResourceManagerComponentFactory() {
                return new DefaultDispatcherResourceManagerComponentFactory(
                        DefaultDispatcherRunnerFactory.createSessionRunner(SessionDispatcherFactory.INSTANCE),
                        StandaloneResourceManagerFactory.getInstance(),
                        page);
            }
        };
        cluster.start();
        return new LocalCluster(cluster, configuration, parallelism);
    }

    /** Submits the trainer; returns once the cluster has accepted the job. */
    public JobID submit(TrainerSources sources, TrainerSinks sinks, Duration checkpointInterval) throws Exception {
        return submit(env -> TrainerTopology.build(env, sources, sinks), checkpointInterval);
    }

    /**
     * Submits any job with the trainer's Flink settings; returns once the cluster has accepted it.
     *
     * @param graph adds the job's operators to the environment
     */
    public JobID submit(Consumer<StreamExecutionEnvironment> graph, Duration checkpointInterval) throws Exception {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
        env.setParallelism(parallelism);
        TrainerEnvironment.configure(env, checkpointInterval);
        graph.accept(env);
        return cluster.submitJob(env.getStreamGraph()).get().getJobID();
    }

    /**
     * Ends a job that keeps failing, instead of restarting it forever. Restarts count again from 0 after an hour without a
     * failure.
     *
     * @param env of the job
     * @param restarts after which the next failure ends the job
     */
    public static void limitRestarts(StreamExecutionEnvironment env, int restarts) {
        Configuration limit = new Configuration();
        limit.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, restarts);
        limit.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD, WITHOUT_FAILURE);
        env.configure(limit, LocalCluster.class.getClassLoader());
    }

    /**
     * Waits until a job has ended.
     *
     * @throws CommandException with the job's failure
     */
    public void await(JobID job) throws Exception {
        requireSuccess(result(job).get());
    }

    /**
     * Checks a job that is to run on.
     *
     * @param result of the job
     * @throws CommandException with the job's failure, if it has ended with one
     */
    public static void requireNoFailure(CompletableFuture<JobResult> result) throws Exception {
        if (result.isDone()) {
            requireSuccess(result.get());
        }
    }

    /** @throws CommandException with the job's failure */
    private static void requireSuccess(JobResult result) throws CommandException {
        if (!result.isSuccess()) {
            Throwable cause = result.getSerializedThrowable()
                    .map(serialized -> serialized.deserializeError(LocalCluster.class.getClassLoader()))
                    .orElseGet(() -> new IllegalStateException("canceled"));
            throw new CommandException("the job failed: " + rootMessage(cause), cause);
        }
    }

    /** Returns the first line of the innermost cause's message, with its type if that line is a mere name or empty. */
    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage() == null
                ? ""
                : root.getMessage().lines().findFirst().orElse("");
        return message.contains(" ") ? message : root.getClass().getSimpleName() + ": " + message;
    }

    /** Cancels a job, and waits until it has stopped. */
    public void cancel(JobID job) throws Exception {
        cluster.cancelJob(job).get();
        result(job).get();
    }

    /** Replaces the task manager: running jobs fail, and resume from their newest checkpoint. */
    public synchronized void restartTaskManager() throws Exception {
        cluster.terminateTaskManager(taskManager++).get();
        cluster.startTaskManager();
    }

    /** Returns a job's result, which completes when the job ends. */
    public CompletableFuture<JobResult> result(JobID job) {
        return cluster.requestJobResult(job);
    }

    /** Returns a job's status. */
    public CompletableFuture<JobStatus> status(JobID job) {
        return cluster.getJobStatus(job);
    }

    /** Returns the checkpoint statistics of a running or ended job. */
    public CheckpointStatsSnapshot checkpoints(JobID job) throws Exception {
        return requireNonNull(cluster.getExecutionGraph(job).get().getCheckpointStatsSnapshot());
    }

    /** Returns the address of the web UI. */
    public URI webAddress() throws Exception {
        return cluster.getRestAddress().get();
    }

    /** Cancels all jobs and stops the cluster. */
    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
