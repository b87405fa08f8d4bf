package io.freshet.cli.history;

import io.freshet.schemas.snapshot.HistoryEntry;

/** What a snapshot that is published again after a failure has in common with itself. */
record SnapshotIdentity(String key, long version, long checksum) {
    static SnapshotIdentity of(HistoryEntry entry) {
        return new SnapshotIdentity(entry.key(), entry.version(), entry.checksum());
    }
}
