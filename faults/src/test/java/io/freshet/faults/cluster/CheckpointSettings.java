package io.freshet.faults.cluster;

import java.nio.file.Path;
import java.util.Map;

/** Flink settings with which checkpoints outlive their job, and the job restarts indefinitely. */
public final class CheckpointSettings {
    private CheckpointSettings() {}

    /**
     * @param folder of the checkpoints
     * @param pause before each restart, for example {@code 500 ms}
     */
    public static Map<String, String> of(Path folder, String pause) {
        return Map.of(
                "execution.checkpointing.storage", "filesystem",
                "execution.checkpointing.dir", folder.toUri().toString(),
                "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION",
                "execution.checkpointing.num-retained", "3",
                "restart-strategy.type", "fixed-delay",
                "restart-strategy.fixed-delay.attempts", Integer.toString(Integer.MAX_VALUE),
                "restart-strategy.fixed-delay.delay", pause);
    }
}
