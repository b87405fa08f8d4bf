package io.freshet.server.ingest;

import io.freshet.learning.model.Parameters;
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
        checkFinite("moments", snapshot.moments());
        checkFinite("labelRange", snapshot.labelRange());
    }

    private static void checkFinite(String field, double[] numbers) throws MalformedRecordException {
        for (double number : numbers) {
            if (!Double.isFinite(number)) {
                throw new MalformedRecordException(field + ": " + number + " (expected: finite)");
            }
        }
    }
}
