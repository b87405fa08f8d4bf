package io.freshet.cli.history;

import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the snapshots that may have answered among the entries of a history. After a model started from scratch, or was recovered
 * with its samples in another order, several have the same version.
 */
final class AnsweringVersion {
    /** How much later than the answer a snapshot may seem to be published: the clock of the job may be ahead of the server's. */
    private static final long SLACK_MILLIS = 60_000;

    private final LoggedAnswer answer;
    /** In the order of their last publication. */
    private final Map<Identity, HistoryEntry> before = new LinkedHashMap<>();

    private final Map<Identity, HistoryEntry> shortlyAfter = new LinkedHashMap<>();

    private record Identity(long checksum, String specHash) {}

    AnsweringVersion(LoggedAnswer answer) {
        this.answer = answer;
    }

    void add(HistoryEntry entry) {
        if (entry.version() != answer.version() || entry.publishedAt() > answer.time() + SLACK_MILLIS) {
            return;
        }
        Identity identity = new Identity(entry.checksum(), entry.specHash());
        if (entry.publishedAt() <= answer.time()) {
            before.remove(identity);
            before.put(identity, entry);
        } else {
            shortlyAfter.putIfAbsent(identity, entry);
        }
    }

    /** Returns the snapshots, the likeliest first: the newest before the answer is likelier than one of an earlier incarnation. */
    List<HistoryEntry> candidates() {
        List<HistoryEntry> candidates = new ArrayList<>();
        before.values().forEach(entry -> candidates.add(0, entry));
        shortlyAfter.forEach((identity, entry) -> {
            if (!before.containsKey(identity)) {
                candidates.add(entry);
            }
        });
        return candidates;
    }
}
