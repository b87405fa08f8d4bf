package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Selects the held-out samples by the hash of their id, so that a sample is held out each time it is received.
 *
 * <pre>
 *   held out: murmur(id, murmur(HOLDOUT_SEED, seed)) < share * 2^32          the hash as an unsigned number
 * </pre>
 */
final class HoldoutSplit {
    private static final int HOLDOUT_SEED = 0x686f6c64;

    private final double share;
    /** Null if samples are identified by the record's own id. */
    private final @Nullable String idField;

    private final int idPlace;
    private final int seed;

    HoldoutSplit(ModelSpec spec, FieldPlaces places) {
        share = spec.holdout();
        idField = spec.fields().id();
        idPlace = idField == null ? -1 : places.text(idField);
        seed = MurmurHash3.hash(HOLDOUT_SEED, Long.hashCode(spec.seed()));
    }

    /** @throws InvalidSampleException if the model has a hold-out and the row has no id */
    boolean contains(Row row) throws InvalidSampleException {
        return share > 0 && (hash(row) & 0xffff_ffffL) < share * 0x1p32;
    }

    private int hash(Row row) throws InvalidSampleException {
        if (idField != null) {
            if (!row.hasText(idPlace)) {
                throw InvalidSampleException.of(idField, "missing", "a text");
            }
            return MurmurHash3.hash(row.bytes(), row.textFrom(idPlace), row.textTo(idPlace), seed);
        }
        if (!row.hasId()) {
            throw InvalidSampleException.of("id", "missing", "an id, whose hash selects the held-out samples");
        }
        return MurmurHash3.hash(row.idBytes(), row.idFrom(), row.idTo(), seed);
    }
}
