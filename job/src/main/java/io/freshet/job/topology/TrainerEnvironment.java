package io.freshet.job.topology;

import io.freshet.job.record.ModelKey;
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

/** The Flink settings that the trainer needs in any environment. */
public final class TrainerEnvironment {
    /** Fixed for the lifetime of a job's state. */
    public static final int MAXIMUM_PARALLELISM = ModelKey.KEY_GROUPS;

    /** RocksDB options by name, since a cluster without RocksDB does not have its classes. */
    private static final ConfigOption<String> ROCKSDB_BLOOM_FILTER = ConfigOptions.key(
                    "state.backend.rocksdb.use-bloom-filter")
            .stringType()
            .noDefaultValue();

    private static final ConfigOption<String> ROCKSDB_COMPRESSION = ConfigOptions.key(
                    "state.backend.rocksdb.compression.per.level")
            .stringType()
            .noDefaultValue();

    private static final ConfigOption<String> START_ID =
            ConfigOptions.key("freshet.start-id").stringType().defaultValue("");

    private static final Logger LOG = LoggerFactory.getLogger(TrainerEnvironment.class);

    private TrainerEnvironment() {}

    /**
     * Configures an environment:
     *
     * <ul>
     *   <li>Generic types are refused, so that no state depends on Kryo.
     *   <li>Objects are reused, since they are never changed after being sent.
     * </ul>
     *
     * Unless the cluster's configuration sets these options:
     *
     * <ul>
     *   <li>Checkpoints are incremental, and retained when the job is canceled.
     *   <li>Heap state is compressed: Flink restores uncompressed state one number at a time.
     *   <li>RocksDB uses Bloom filters to find models, and no compression: samples would wait for decompression.
     * </ul>
     *
     * @param checkpointInterval used if the configuration has none
     * @throws IllegalArgumentException if the configured kind of checkpoint would break the trainer's guarantees
     */
    public static void configure(StreamExecutionEnvironment env, Duration checkpointInterval) {
        ReadableConfig configured = env.getConfiguration();
        requireAlignedCheckpoints(configured);
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.MAX_PARALLELISM, MAXIMUM_PARALLELISM);
        setDefault(configuration, configured, CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        setDefault(
                configuration,
                configured,
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        setDefault(configuration, configured, ExecutionOptions.SNAPSHOT_COMPRESSION, true);
        setDefault(configuration, configured, ROCKSDB_BLOOM_FILTER, "true");
        setDefault(configuration, configured, ROCKSDB_COMPRESSION, "NO_COMPRESSION");
        env.configure(configuration, TrainerEnvironment.class.getClassLoader());
        if (!env.getCheckpointConfig().isCheckpointingEnabled()) {
            env.enableCheckpointing(checkpointInterval.toMillis());
        }
        if (configured.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
            LOG.warn(
                    "{}: not set; checkpoints are kept in the job manager's memory, at most 5 MiB, and lost with it",
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY.key());
        }
    }

    private static void requireAlignedCheckpoints(ReadableConfig configured) {
        String aligned = "since a changed specification takes effect at a barrier that all inputs have reached";
        require(configured, CheckpointingOptions.ENABLE_UNALIGNED, false, aligned);
        require(configured, CheckpointingOptions.FORCE_UNALIGNED, false, aligned);
        require(
                configured,
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE,
                aligned);
        require(
                configured,
                CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS,
                1,
                "since a decision made at a barrier takes effect when that checkpoint is complete, with no other in between");
        require(
                configured,
                StateChangelogOptions.ENABLE_STATE_CHANGE_LOG,
                false,
                "since models on the heap are changed in place, which a changelog would miss");
    }

    private static <T> void require(ReadableConfig configured, ConfigOption<T> option, T expected, String reason) {
        T value = configured.get(option);
        if (!value.equals(expected)) {
            throw new IllegalArgumentException(
                    option.key() + ": " + value + " (expected: " + expected + ", " + reason + ")");
        }
    }

    private static <T> void setDefault(
            Configuration configuration, ReadableConfig configured, ConfigOption<T> option, T value) {
        if (configured.getOptional(option).isEmpty()) {
            configuration.set(option, value);
        }
    }

    /**
     * Restores the newest intact checkpoint. If the job was started from a savepoint, restores that once, and then its own
     * checkpoints since: {@code freshet.start-id} tells another start from the same savepoint from a restart. Compresses the
     * job's own checkpoints, which gives them checksums.
     *
     * @return whether there is a checkpoint to restore
     * @throws IOException if there are checkpoints and none is intact
     */
    public static boolean resume(StreamExecutionEnvironment env, RetainedCheckpoints checkpoints) throws IOException {
        env.getConfig().setUseSnapshotCompression(true);
        String savepoint = env.getConfiguration()
                .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
                .orElse(null);
        Path newest = savepoint == null
                ? checkpoints.newestIntact()
                : checkpoints.newestIntactSince(
                        savepoint + " " + env.getConfiguration().get(START_ID));
        if (newest != null) {
            if (savepoint != null) {
                LOG.warn(
                        "The job has started from {} before, and continues from its checkpoint {}. To return to the"
                                + " savepoint, set {} to another value",
                        savepoint,
                        newest,
                        START_ID.key());
            }
            checkpoints.deleteOlderJobsThan(newest, savepoint);
            Configuration configuration = new Configuration();
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.toString());
            // Flink neither deletes the restored checkpoint nor refers to its files, so we may delete it.
            configuration.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.NO_CLAIM);
            env.configure(configuration, TrainerEnvironment.class.getClassLoader());
        }
        return newest != null;
    }
}
