package io.freshet.job.topology;

import io.freshet.job.learn.LearnerResources;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.jspecify.annotations.Nullable;

/**
 * Storage of models while a job runs, and what learners may use.
 *
 * @param backend heap or rocksdb; null for Flink's configuration
 * @param learners resources of the learner of each task
 */
public record StateSettings(@Nullable String backend, LearnerResources learners) {
    /** Flink's configured backend, and default resources. */
    public static final StateSettings DEFAULT = new StateSettings(null, LearnerResources.DEFAULT);

    /** Returns the settings as Flink configuration. */
    public Configuration flink() {
        Configuration configuration = new Configuration();
        if (backend != null) {
            configuration.set(StateBackendOptions.STATE_BACKEND, backend.equals("heap") ? "hashmap" : backend);
        }
        return configuration;
    }
}
