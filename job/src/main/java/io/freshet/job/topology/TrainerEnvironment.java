package io.freshet.job.topology;

import io.freshet.job.recovery.RetainedCheckpoints;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the trainer asks of any environment that it runs in. */
public final class TrainerEnvironment {
    /** Key groups, fixed for the life of a job's state: the most that it can be rescaled to. */
    public static final int MAXIMUM_PARALLELISM = 128;

    /** Of RocksDB's options by their names, as a cluster without it has no classes of it. */
    private static final ConfigOption<String> ROCKSDB_BLOOM_FILTER = ConfigOptions.key(
                    "state.backend.rocksdb.use-bloom-filter")
            .stringType()
            .noDefaultValue();

    private static final ConfigOption<String> ROCKSDB_COMPRESSION = ConfigOptions.key(
                    "state.backend.rocksdb.compression.per.level")
            .stringType()
            .noDefaultValue();

    private static final Logger LOG = LoggerFactory.getLogger(TrainerEnvironment.class);

    private TrainerEnvironment() {}

    /**
     * Refuses generic types, so that no state depends on Kryo; reuses objects, since none is changed once it is sent; and
     * checkpoints: incrementally and to be kept when the job is cancelled, unless the cluster's configuration says
     * otherwise, and as often as that says. Unless it says otherwise, too, what is written from the heap is compressed,
     * since Flink reads only compressed state in pieces larger than a number; and RocksDB finds models by Bloom filters and
     * does not compress, since a sample would wait while its model is unpacked.
     *
     * @param checkpointInterval used if the configuration has none
     * @throws IllegalArgumentException if the configuration has checkpoints of a kind that the trainer's state would not
     *     survive
     */
    public static void configure(StreamExecutionEnvironment env, Duration checkpointInterval) {
        ReadableConfig given = env.getConfiguration();
        requireAlignedCheckpoints(given);
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.MAX_PARALLELISM, MAXIMUM_PARALLELISM);
        setDefault(configuration, given, CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        setDefault(
                configuration,
                given,
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        setDefault(configuration, given, ExecutionOptions.SNAPSHOT_COMPRESSION, true);
        setDefault(configuration, given, ROCKSDB_BLOOM_FILTER, "true");
        setDefault(configuration, given, ROCKSDB_COMPRESSION, "NO_COMPRESSION");
        env.configure(configuration, TrainerEnvironment.class.getClassLoader());
        if (!env.getCheckpointConfig().isCheckpointingEnabled()) {
            env.enableCheckpointing(checkpointInterval.toMillis());
        }
        if (given.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
            LOG.warn(
                    "{}: not set, so checkpoints are in the job manager's memory, 5 MiB at most, and gone with it",
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY.key());
        }
    }

    private static void requireAlignedCheckpoints(ReadableConfig given) {
        String aligned = "as a change of a specification counts from a barrier that every input has reached";
        require(given, CheckpointingOptions.ENABLE_UNALIGNED, false, aligned);
        require(given, CheckpointingOptions.FORCE_UNALIGNED, false, aligned);
        require(given, CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE, aligned);
        require(
                given,
                CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS,
                1,
                "as what is decided at a barrier is used once that checkpoint is complete, and no other meanwhile");
        require(
                given,
                StateChangelogOptions.ENABLE_STATE_CHANGE_LOG,
                false,
                "as models on the heap are changed in place, which no log of changes would see");
    }

    private static <T> void require(ReadableConfig given, ConfigOption<T> option, T expected, String reason) {
        T value = given.get(option);
        if (!value.equals(expected)) {
            throw new IllegalArgumentException(
                    option.key() + ": " + value + " (expected: " + expected + ", " + reason + ")");
        }
    }

    private static <T> void setDefault(
            Configuration configuration, ReadableConfig given, ConfigOption<T> option, T value) {
        if (given.getOptional(option).isEmpty()) {
            configuration.set(option, value);
        }
    }

    /**
     * Has the job go on from the newest whole one of its checkpoints, unless it was started from a savepoint already; and
     * has it compress its own, which gives them checksums.
     *
     * @throws IOException if there are checkpoints and none is whole
     */
    public static void resume(StreamExecutionEnvironment env, RetainedCheckpoints checkpoints) throws IOException {
        env.getConfig().setUseSnapshotCompression(true);
        if (env.getConfiguration()
                .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
                .isPresent()) {
            return;
        }
        Path newest = checkpoints.newestIntact();
        if (newest != null) {
            checkpoints.deleteOlderJobsThan(newest);
            Configuration configuration = new Configuration();
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.toString());
            // Flink neither deletes nor builds upon what it goes on from, so that we may delete it.
            configuration.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.NO_CLAIM);
            env.configure(configuration, TrainerEnvironment.class.getClassLoader());
        }
    }
}
