package io.freshet.benchmarks.state;

import io.freshet.job.control.SpecChangeLog;
import io.freshet.job.options.StateSettings;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerSinks;
import io.freshet.job.topology.TrainerSources;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.format.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/** Runs the job on a cluster in this JVM, with one subtask of each operator, and discards its output. */
final class StateRun implements AutoCloseable {
    private static final int POLL_MILLIS = 10;
    private static final int MAXIMUM_ATTEMPTS = 500;

    private final MiniCluster cluster;
    private final JobID job;
    private final long submittedAt;

    private StateRun(MiniCluster cluster, JobID job, long submittedAt) {
        this.cluster = cluster;
        this.job = job;
        this.submittedAt = submittedAt;
    }

    /**
     * The configuration of a run.
     *
     * @param directory for checkpoints and RocksDB files
     * @param interval between checkpoints
     * @param flink configuration options
     * @param checkpoint to restore, or null
     */
    record Plan(
            Path directory,
            StateSettings state,
            Load load,
            Duration interval,
            Map<String, String> flink,
            @Nullable String checkpoint) {}

    /** The model and the input of the job. */
    record Load(StateWorkload workload, StateWorkload.Publishing publishing, GeneratedSamples samples) {}

    static StateRun start(Plan plan) throws Exception {
        Map<String, String> flink = new HashMap<>(plan.flink());
        if (plan.checkpoint() != null) {
            flink.put(StateRecoveryOptions.SAVEPOINT_PATH.key(), plan.checkpoint());
        }
        Load load = plan.load();
        LearnerMetrics.clear();
        return start(plan.directory(), plan.state(), plan.interval(), flink, env -> {
            TrainerSources sources = new TrainerSources(
                    new TrainerSources.Samples(
                            "samples",
                            null,
                            1,
                            RecordFormat.avro(),
                            new GeneratedSource<>(Long.MAX_VALUE, load.samples()),
                            null),
                    new TrainerSources.Specs(
                            "models", load.workload().registry(load.publishing()), SpecChangeLog.empty()),
                    plan.state().learners());
            TrainerTopology.build(
                    env,
                    sources,
                    new TrainerSinks(
                            new DiscardingSink<>(),
                            new DiscardingSink<>(),
                            new DiscardingSink<>(),
                            new DiscardingSink<>(),
                            new DiscardingSink<>()));
        });
    }

    /** Starts any job. */
    static StateRun start(
            Path directory,
            StateSettings state,
            Duration interval,
            Map<String, String> flink,
            Consumer<StreamExecutionEnvironment> graph)
            throws Exception {
        Configuration configuration = configuration(directory, state);
        configuration.addAll(Configuration.fromMap(flink));
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .build());
        cluster.start();
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
        env.setParallelism(1);
        TrainerEnvironment.configure(env, interval);
        graph.accept(env);
        long now = System.currentTimeMillis();
        return new StateRun(
                cluster, cluster.submitJob(env.getStreamGraph()).get().getJobID(), now);
    }

    private static Configuration configuration(Path directory, StateSettings state) {
        Configuration configuration = new Configuration();
        configuration.set(CoreOptions.TMP_DIRS, directory.resolve("flink").toString());
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(WebOptions.CHECKPOINTS_HISTORY_SIZE, 10_000);
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        configuration.setString("metrics.reporter.learner.factory.class", LearnerMetrics.class.getName());
        configuration.addAll(state.flink());
        return configuration;
    }

    /** Waits until {@code count} samples have been learned since the start. */
    void awaitSamples(long count) throws Exception {
        while (LearnerMetrics.count("learned") < count) {
            requireRunning();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Returns the samples learned per second, measured for {@code seconds}. */
    double rate(int seconds) throws Exception {
        long from = LearnerMetrics.count("learned");
        long start = System.nanoTime();
        while (System.nanoTime() - start < seconds * 1_000_000_000L) {
            requireRunning();
            Thread.sleep(POLL_MILLIS);
        }
        return (LearnerMetrics.count("learned") - from) / ((System.nanoTime() - start) / 1e9);
    }

    void requireRunning() throws Exception {
        JobStatus status = cluster.getJobStatus(job).get();
        if (status == JobStatus.FAILED || status == JobStatus.RESTARTING || status == JobStatus.FAILING) {
            ErrorInfo error = graph().getFailureInfo();
            throw new IllegalStateException(
                    "the job failed: " + (error == null ? status : error.getExceptionAsString()));
        }
    }

    /** Returns the seconds since the job was submitted. */
    double seconds() {
        return (System.currentTimeMillis() - submittedAt) / 1000.0;
    }

    /** Returns the seconds from the submission of the job until every task was running with its state. */
    double secondsToRunning() throws Exception {
        while (true) {
            requireRunning();
            long last = 0;
            for (AccessExecutionVertex vertex : graph().getAllExecutionVertices()) {
                var attempt = vertex.getCurrentExecutionAttempt();
                long at = attempt.getStateTimestamp(ExecutionState.RUNNING);
                boolean done = at > 0 || attempt.getState() == ExecutionState.FINISHED;
                last = done ? Math.max(last, at) : Long.MAX_VALUE;
                if (!done) {
                    break;
                }
            }
            if (last > 0 && last < Long.MAX_VALUE) {
                return (last - submittedAt) / 1000.0;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Takes a checkpoint. A finishing task may decline one, which is then retried. */
    void checkpoint() throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                cluster.triggerCheckpoint(job).get();
                return;
            } catch (ExecutionException e) {
                if (attempt == MAXIMUM_ATTEMPTS || !(e.getCause() instanceof CheckpointException)) {
                    throw e;
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    /** Returns the completed checkpoints, oldest first. */
    List<AbstractCheckpointStats> checkpoints() throws Exception {
        List<AbstractCheckpointStats> completed = new ArrayList<>();
        for (AbstractCheckpointStats each :
                graph().getCheckpointStatsSnapshot().getHistory().getCheckpoints()) {
            if (each.getStatus() == CheckpointStatsStatus.COMPLETED) {
                completed.add(0, each);
            }
        }
        return completed;
    }

    String backend() throws Exception {
        return graph().getStateBackendName().orElse("no state backend");
    }

    private AccessExecutionGraph graph() throws Exception {
        return cluster.getExecutionGraph(job).get();
    }

    static long heapMegabytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1_000_000;
    }

    /**
     * Cancels the job and returns the location of its last checkpoint. Only that one is retained, so one taken earlier
     * may be gone.
     */
    String cancel() throws Exception {
        cluster.cancelJob(job).get();
        cluster.requestJobResult(job).get();
        List<AbstractCheckpointStats> completed = checkpoints();
        CompletedCheckpointStats last = (CompletedCheckpointStats) completed.get(completed.size() - 1);
        return last.getExternalPath();
    }

    @Override
    public void close() throws Exception {
        cluster.cancelJob(job).get();
        cluster.requestJobResult(job).get();
        cluster.close();
    }
}
