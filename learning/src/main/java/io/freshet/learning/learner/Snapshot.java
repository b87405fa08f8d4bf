package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * What one model knew at one moment: all that is needed to predict, and what it was learned from.
 *
 * @param spec the model's specification
 * @param key the value of the key field, or "" for a model without one
 * @param version how many samples the parameters have learned from
 * @param updates how many times the optimizer has stepped
 * @param parameters length {@link ModelSpec#parameterCount}
 * @param moments of the numeric features, as {@code Moments} lays them out; empty but for the count if not standardised
 * @param lineage what it was learned from
 * @param blockVersions of each block of the parameters, the samples learned when it last changed; empty if not known
 * @param metrics since the start, or null where they are not known
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
