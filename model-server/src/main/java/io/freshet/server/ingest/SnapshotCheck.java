package io.freshet.server.ingest;

import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.MalformedRecordException;

/** Checks a snapshot before it is served. The reader has already checked that its parts are consistent. */
final class SnapshotCheck {
    private SnapshotCheck() {}

    /** @throws MalformedRecordException if it has a key but no key field, or a number is not finite */
    static void check(Snapshot snapshot) throws MalformedRecordException {
        if (snapshot.spec().key() == null && !snapshot.key().isEmpty()) {
            throw new MalformedRecordException(
                    "key: " + snapshot.key() + " (expected: none, the model has no key field)");
        }
        float[] parameters = snapshot.parameters();
        for (int i = 0; i < parameters.length; i++) {
            if (!Float.isFinite(parameters[i])) {
                throw new MalformedRecordException("parameters[" + i + "]: " + parameters[i] + " (expected: finite)");
            }
        }
        for (double moment : snapshot.moments()) {
            if (!Double.isFinite(moment)) {
                throw new MalformedRecordException("moments: " + moment + " (expected: finite)");
            }
        }
    }
}
