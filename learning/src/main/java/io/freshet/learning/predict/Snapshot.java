package io.freshet.learning.predict;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one model key at one version, with everything needed to predict, and their lineage.
 *
 * @param spec the model's specification
 * @param key the value of the key field, or "" for a model without one
 * @param version count of samples learned
 * @param updates count of optimizer steps
 * @param parameters length {@link ModelSpec#parameterCount}
 * @param moments of the standardized and imputed numbers, in the layout of {@code Standardizer}; only the count if there are none
 * @param lineage record of the learned samples and specifications
 * @param blockVersions count of samples learned when each block last changed; empty if unknown
 * @param metrics since the start, or null if unknown
 */
public record Snapshot(
        ModelSpec spec,
        String key,
        long version,
        long updates,
        float[] parameters,
        double[] moments,
        Lineage lineage,
        long[] blockVersions,
        @Nullable Metrics metrics) {}
