package io.freshet.cli.history;

import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The snapshots published last, of a history of any length. A version that is published again after a failure, with the
 * same checksum, is one snapshot. Keeps as many entries as it returns.
 */
public final class NewestSnapshots {
    private static final Comparator<Published> BY_TIME = Comparator.comparingLong(
                    (Published each) -> each.entry().publishedAt())
            .thenComparingLong(Published::number);

    private final int limit;
    private final TreeSet<Published> byTime = new TreeSet<>(BY_TIME);
    private final Map<SnapshotIdentity, Published> byIdentity = new HashMap<>();
    private long publications;
    private boolean complete = true;

    /** @param number counted from 1, in the order of the topic */
    private record Published(HistoryEntry entry, long number) {}

    /** @param limit maximum number of snapshots, at least 1 */
    public NewestSnapshots(int limit) {
        this.limit = limit;
    }

    public void add(HistoryEntry entry) {
        publications++;
        Published published = new Published(entry, publications);
        Published before = byIdentity.put(SnapshotIdentity.of(entry), published);
        if (before != null) {
            byTime.remove(before);
        }
        byTime.add(published);
        if (byTime.size() > limit) {
            byIdentity.remove(SnapshotIdentity.of(byTime.pollFirst().entry()));
            complete = false;
        }
    }

    /** Returns the snapshots, the oldest first. */
    public List<HistoryEntry> entries() {
        return byTime.stream().map(Published::entry).toList();
    }

    /** Returns how often a snapshot was published, which counts one published again twice. */
    long publications() {
        return publications;
    }

    /** Whether the history has no other snapshots. */
    boolean isComplete() {
        return complete;
    }
}
