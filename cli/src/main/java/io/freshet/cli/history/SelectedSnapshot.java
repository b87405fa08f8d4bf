package io.freshet.cli.history;

import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.HistoryEntry;
import org.jspecify.annotations.Nullable;

/** Selects the newest snapshot of a version from the entries of a history, and keeps only that. */
public final class SelectedSnapshot {
    private final @Nullable Long version;
    private final @Nullable String checksum;
    private @Nullable HistoryEntry found;

    /**
     * @param version null for the newest snapshot of all versions
     * @param checksum of the parameters, as {@code freshet history} prints it, or null for any
     */
    public SelectedSnapshot(@Nullable Long version, @Nullable String checksum) {
        this.version = version;
        this.checksum = checksum;
    }

    public void add(HistoryEntry entry) {
        if ((version == null || entry.version() == version)
                && (checksum == null
                        || FloatBytes.checksumText(entry.checksum()).equals(checksum))) {
            found = entry;
        }
    }

    /** Returns the last entry that matched, or null. */
    @Nullable HistoryEntry found() {
        return found;
    }

    @Override
    public String toString() {
        return (version == null ? "" : ", version " + version) + (checksum == null ? "" : ", checksum " + checksum);
    }
}
