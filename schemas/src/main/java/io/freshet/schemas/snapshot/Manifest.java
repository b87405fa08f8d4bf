package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.spec.ModelSpec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Snapshot} record: a whole small snapshot, or what describes a large one, whose parameters are in blocks.
 *
 * @param model name of the model
 * @param key value of the key field, or ""
 * @param version count of samples learned
 * @param updates count of optimizer steps
 * @param moments of the standardized and imputed numbers
 * @param parameterCount number of parameters, wherever they are
 * @param parameters those in the record itself, little-endian; a view of its bytes
 * @param blocks number of blocks with the parameters; 0 if the record itself has them
 * @param blockVersions version of each block; empty if all have the snapshot's own
 * @param metrics since the start, or null if unknown
 * @param labelRange that limits the predictions, as in a snapshot
 */
public record Manifest(
        String model,
        String key,
        long version,
        long updates,
        ModelSpec spec,
        Publication publication,
        Lineage lineage,
        double[] moments,
        int parameterCount,
        ByteBuffer parameters,
        int blocks,
        long[] blockVersions,
        @Nullable Metrics metrics,
        double[] labelRange) {}
