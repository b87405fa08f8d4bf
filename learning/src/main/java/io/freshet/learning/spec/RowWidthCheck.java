package io.freshet.learning.spec;

import io.freshet.learning.yaml.SpecException;

/**
 * Limits the rows of a table, since a block of parameters has whole rows: it is one record of the parameters topic, and with its
 * slots, one value of keyed state. Pinned by {@code SnapshotLimitsTest}.
 */
final class RowWidthCheck {
    /** In parameters. A record holds up to 1 MiB, with the names of model and key. */
    private static final int MAXIMUM = ((1 << 20) - (1 << 14)) / Float.BYTES;

    private RowWidthCheck() {}

    /** @throws SpecException if a row would not fit in a record */
    static void check(ModelSpec spec) {
        int width = spec.model().rowWidth(spec.inputShape(), spec.outputs());
        if (width > MAXIMUM) {
            throw SpecException.of(
                    "outputs",
                    spec.outputs(),
                    "up to " + MAXIMUM + " parameters for each feature of model.type "
                            + spec.model().name() + ", not " + width);
        }
    }
}
