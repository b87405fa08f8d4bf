package io.freshet.server.ingest;

import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.ParameterKey;

/** What must be true of a snapshot before it may be served. */
final class SnapshotCheck {
    private SnapshotCheck() {}

    /** @throws MalformedRecordException if it stands under another model's key, has a wrong shape, or is not finite */
    static void check(ParameterKey key, Snapshot snapshot) throws MalformedRecordException {
        ModelSpec spec = snapshot.spec();
        expect("spec.name", spec.name(), key.model());
        expect("key", snapshot.key(), key.key());
        if (spec.key() == null && !snapshot.key().isEmpty()) {
            throw new MalformedRecordException(
                    "key: " + snapshot.key() + " (expected: none, the model has no key field)");
        }
        expect(
                "moments",
                snapshot.moments().length,
                spec.features().standardizer().start().length);
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

    private static void expect(String field, Object value, Object expected) throws MalformedRecordException {
        if (!value.equals(expected)) {
            throw new MalformedRecordException(field + ": " + value + " (expected: " + expected + ")");
        }
    }
}
