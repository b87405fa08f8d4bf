package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.rocksdb.CompressionType;

/** Would catch a cluster setting that is overridden, and a setting that breaks bitwise-identical recovery. */
class TrainerEnvironmentTest {
    @Test
    void defaults_are_incremental_retained_checkpoints() {
        StreamExecutionEnvironment env = configured(new Configuration());

        assertThat(env.getCheckpointConfig().getCheckpointInterval()).isEqualTo(7_000);
        assertThat(env.getCheckpointConfig().getCheckpointingConsistencyMode())
                .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
        assertThat(env.getCheckpointConfig().isUnalignedCheckpointsEnabled()).isFalse();
        assertThat(env.getCheckpointConfig().getExternalizedCheckpointRetention())
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        assertThat(env.getConfiguration().get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS))
                .isTrue();
        assertThat(env.getMaxParallelism()).isEqualTo(TrainerEnvironment.MAXIMUM_PARALLELISM);
        assertThat(env.getConfig().isUseSnapshotCompression()).isTrue();
        assertThat(env.getConfiguration().get(RocksDBConfigurableOptions.USE_BLOOM_FILTER))
                .isTrue();
        assertThat(env.getConfiguration().get(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL))
                .containsExactly(CompressionType.NO_COMPRESSION);
    }

    @Test
    void keeps_the_settings_of_the_cluster() {
        Configuration cluster = new Configuration();
        cluster.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(3));
        cluster.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, false);
        cluster.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
        cluster.set(ExecutionOptions.SNAPSHOT_COMPRESSION, false);
        cluster.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, false);
        cluster.set(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL, List.of(CompressionType.LZ4_COMPRESSION));
        StreamExecutionEnvironment env = configured(cluster);

        assertThat(env.getCheckpointConfig().getCheckpointInterval()).isEqualTo(3_000);
        assertThat(env.getCheckpointConfig().getExternalizedCheckpointRetention())
                .isEqualTo(ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
        assertThat(env.getConfiguration().get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS))
                .isFalse();
        assertThat(env.getConfig().isUseSnapshotCompression()).isFalse();
        assertThat(env.getConfiguration().get(RocksDBConfigurableOptions.USE_BLOOM_FILTER))
                .isFalse();
        assertThat(env.getConfiguration().get(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL))
                .containsExactly(CompressionType.LZ4_COMPRESSION);
    }

    @Test
    void rejects_checkpoints_that_break_identical_recovery() {
        refused(
                CheckpointingOptions.ENABLE_UNALIGNED,
                true,
                "execution.checkpointing.unaligned.enabled: true (expected: false, since a changed specification"
                        + " takes effect at a barrier that all inputs have reached)");
        refused(CheckpointingOptions.FORCE_UNALIGNED, true, "execution.checkpointing.unaligned.forced: true (expected");
        refused(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.AT_LEAST_ONCE,
                "execution.checkpointing.mode: AT_LEAST_ONCE (expected: EXACTLY_ONCE, since ");
        refused(
                CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS,
                2,
                "execution.checkpointing.max-concurrent-checkpoints: 2 (expected: 1, since a decision made at a barrier");
        refused(
                StateChangelogOptions.ENABLE_STATE_CHANGE_LOG,
                true,
                "state.changelog.enabled: true (expected: false, since models on the heap are changed in place");
    }

    private static <T> void refused(ConfigOption<T> option, T value, String message) {
        Configuration cluster = new Configuration();
        cluster.set(option, value);
        assertThatThrownBy(() -> configured(cluster))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static StreamExecutionEnvironment configured(Configuration cluster) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, cluster);
        TrainerEnvironment.configure(env, Duration.ofSeconds(7));
        return env;
    }
}
