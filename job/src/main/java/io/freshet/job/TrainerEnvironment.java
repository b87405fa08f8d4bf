package io.freshet.job;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What the trainer asks of any environment that it runs in. */
public final class TrainerEnvironment {
    /** Key groups, fixed for the life of a job's state: the most that it can be rescaled to. */
    public static final int MAXIMUM_PARALLELISM = 128;

    private TrainerEnvironment() {}

    /**
     * Refuses generic types, so that no state depends on Kryo; reuses objects, since none is changed once it is sent; and
     * checkpoints, unless the cluster's configuration says how often already.
     *
     * @param checkpointInterval used if the configuration has none
     */
    public static void configure(StreamExecutionEnvironment env, Duration checkpointInterval) {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.MAX_PARALLELISM, MAXIMUM_PARALLELISM);
        env.configure(configuration, TrainerEnvironment.class.getClassLoader());
        if (!env.getCheckpointConfig().isCheckpointingEnabled()) {
            env.enableCheckpointing(checkpointInterval.toMillis());
        }
    }
}
