package io.freshet.learning.spec;

import io.freshet.learning.yaml.SpecException;
import java.nio.charset.StandardCharsets;

/** Limits the part of a snapshot that the specification determines, so that the parameters fit in the same record. */
final class SpecSizeCheck {
    /**
     * In bytes. A record holds up to 1 MiB, of which parameters use up to a quarter; the rest is for the key and the lineage,
     * which have limits of their own. Pinned by {@code SnapshotLimitsTest}.
     */
    private static final int MAXIMUM = 1 << 19;

    private SpecSizeCheck() {}

    /** @throws SpecException if a snapshot of the model would not fit in a record */
    static void check(ModelSpec spec) {
        long moments = Double.BYTES * spec.features().momentCount();
        long text = spec.toYaml().getBytes(StandardCharsets.UTF_8).length;
        if (moments + text > MAXIMUM) {
            throw SpecException.of(
                    moments > text ? "features" : "specification",
                    spec.features().standardizedNumbers() + " standardized numbers, " + text + " bytes of text",
                    "16 * numbers + text up to " + MAXIMUM + ", as both are in every snapshot");
        }
        long ranges = spec.clamps() ? 2L * Double.BYTES * spec.outputs() : 0;
        if (moments + text + ranges > MAXIMUM) {
            throw SpecException.of(
                    "clamp",
                    SpecReader.LABELS,
                    "none with " + spec.outputs() + " outputs, whose ranges of labels would be in every snapshot");
        }
    }
}
