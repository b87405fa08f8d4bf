package io.freshet.learning.spec;

import io.freshet.learning.yaml.SpecException;
import java.nio.charset.StandardCharsets;

/** That what follows from a specification, and stands in every snapshot whole, leaves room in it for what is learned. */
final class SpecSizeCheck {
    /**
     * Bytes. A record has up to 1 MiB, and parameters in it up to a quarter of that; the rest is for the key and the lineage,
     * which have limits of their own. Pinned by {@code SnapshotLimitsTest} of the schemas.
     */
    private static final int MAXIMUM = 1 << 19;

    private SpecSizeCheck() {}

    /** @throws SpecException if no snapshot of the model could be sent */
    static void check(ModelSpec spec) {
        FeatureSpec features = spec.features();
        long standardized = features.standardize() ? features.numeric().size() : 0;
        for (FeatureSpec.Dense vector : features.dense()) {
            standardized += vector.standardize() ? vector.length() : 0;
        }
        long moments = Double.BYTES * (1 + 2 * standardized);
        long text = spec.toYaml().getBytes(StandardCharsets.UTF_8).length;
        if (moments + text > MAXIMUM) {
            throw SpecException.of(
                    moments > text ? "features" : "specification",
                    standardized + " standardized numbers, " + text + " bytes of text",
                    "16 * numbers + text up to " + MAXIMUM + ", as both are in every snapshot");
        }
    }
}
