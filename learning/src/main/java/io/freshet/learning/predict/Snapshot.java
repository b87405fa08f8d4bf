package io.freshet.learning.predict;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one model key at one version, with everything needed to predict, and their lineage.
 *
 * @param spec the model's specification
 * @param key the value of the key field, or "" for a model without one
 * @param version count of samples learned
 * @param updates count of optimizer steps
 * @param values the {@link ModelSpec#parameterCount} parameters
 * @param moments of the standardized and imputed numbers, in the layout of {@code Standardizer}; only the count if there are none
 * @param lineage record of the learned samples and specifications
 * @param blockVersions count of samples learned when each block last changed; empty if unknown
 * @param metrics since the start, or null if unknown
 * @param labelRange that limits the predictions, as in {@link Clamp}; empty if none does
 */
public record Snapshot(
        ModelSpec spec,
        String key,
        long version,
        long updates,
        Parameters values,
        double[] moments,
        Lineage lineage,
        long[] blockVersions,
        @Nullable Metrics metrics,
        double[] labelRange) {
    /**
     * Without a range of labels.
     *
     * @param parameters must not be changed later
     */
    public Snapshot(
            ModelSpec spec,
            String key,
            long version,
            long updates,
            float[] parameters,
            double[] moments,
            Lineage lineage,
            long[] blockVersions,
            @Nullable Metrics metrics) {
        this(
                spec,
                key,
                version,
                updates,
                Parameters.of(parameters),
                moments,
                lineage,
                blockVersions,
                metrics,
                Clamp.NO_LABELS);
    }

    /** Returns the parameters in one array, which must not be changed. Copies those of a large table. */
    public float[] parameters() {
        return values.toArray();
    }

    /** Returns the same parameters with another specification of the same shape, such as a changed one. */
    public Snapshot withSpec(ModelSpec changed) {
        return new Snapshot(
                changed, key, version, updates, values, moments, lineage, blockVersions, metrics, labelRange);
    }

    public Snapshot withoutMetrics() {
        return new Snapshot(spec, key, version, updates, values, moments, lineage, blockVersions, null, labelRange);
    }
}
