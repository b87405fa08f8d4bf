package io.freshet.job.options;

import io.freshet.job.topology.TrainerSources;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.jspecify.annotations.Nullable;

/**
 * Where models are kept while a job runs.
 *
 * @param backend heap or rocksdb; null for what Flink is configured with
 * @param cacheBytes of models kept at hand in each task, where the state backend would have to read each anew
 */
public record StateSettings(@Nullable String backend, long cacheBytes) {
    /** As Flink is configured. */
    public static final StateSettings DEFAULT = new StateSettings(null, TrainerSources.DEFAULT_CACHE_BYTES);

    /** Returns what Flink has to be told of it. */
    public Configuration flink() {
        Configuration configuration = new Configuration();
        if (backend != null) {
            configuration.set(StateBackendOptions.STATE_BACKEND, backend.equals("heap") ? "hashmap" : backend);
        }
        return configuration;
    }
}
