package io.freshet.server.ingest;

import io.freshet.learning.parameters.Parameters;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.MalformedRecordException;

/** Checks a snapshot before it is served. The reader has already checked that its parts are consistent. */
final class SnapshotCheck {
    private SnapshotCheck() {}

    /**
     * @param checked parameters that were checked before; those in the same arrays are not read again
     * @throws MalformedRecordException if it has a key but no key field, or a number is not finite
     */
    static void check(Snapshot snapshot, Parameters checked) throws MalformedRecordException {
        if (snapshot.spec().key() == null && !snapshot.key().isEmpty()) {
            throw new MalformedRecordException(
                    "key: " + snapshot.key() + " (expected: none, the model has no key field)");
        }
        int wrong = snapshot.values().firstNotFinite(checked);
        if (wrong >= 0) {
            throw new MalformedRecordException(
                    "parameters[" + wrong + "]: " + snapshot.parameters()[wrong] + " (expected: finite)");
        }
        for (double moment : snapshot.moments()) {
            if (!Double.isFinite(moment)) {
                throw new MalformedRecordException("moments: " + moment + " (expected: finite)");
            }
        }
    }
}
