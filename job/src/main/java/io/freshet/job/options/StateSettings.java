package io.freshet.job.options;

import io.freshet.job.topology.TrainerSources;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.jspecify.annotations.Nullable;

/**
 * Storage of models while a job runs.
 *
 * @param backend heap or rocksdb; null for Flink's configuration
 * @param cacheBytes size of the model cache in each task
 */
public record StateSettings(@Nullable String backend, long cacheBytes) {
    /** Flink's configured backend, with a cache of the default size. */
    public static final StateSettings DEFAULT = new StateSettings(null, TrainerSources.DEFAULT_CACHE_BYTES);

    /** Returns the settings as Flink configuration. */
    public Configuration flink() {
        Configuration configuration = new Configuration();
        if (backend != null) {
            configuration.set(StateBackendOptions.STATE_BACKEND, backend.equals("heap") ? "hashmap" : backend);
        }
        return configuration;
    }
}
