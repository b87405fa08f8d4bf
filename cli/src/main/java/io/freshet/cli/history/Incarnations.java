package io.freshet.cli.history;

import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Numbers the incarnations of some snapshots, from all entries of the history, and finds out which of their versions have
 * several checksums. Keeps one entry for each incarnation of the snapshots' keys.
 */
final class Incarnations {
    /** By key, the newest entry of each incarnation, in the order of their first entries. */
    private final Map<String, List<HistoryEntry>> newestOfEach = new HashMap<>();

    private final Map<SnapshotIdentity, Integer> numbers = new HashMap<>();
    private final Map<Version, Set<Version.Checksum>> checksums = new HashMap<>();

    private record Version(String key, long version) {
        private record Checksum(int incarnation, long checksum) {}

        static Version of(HistoryEntry entry) {
            return new Version(entry.key(), entry.version());
        }
    }

    /** @param listed the snapshots whose incarnations to number */
    Incarnations(Collection<HistoryEntry> listed) {
        for (HistoryEntry entry : listed) {
            newestOfEach.put(entry.key(), new ArrayList<>());
            numbers.put(SnapshotIdentity.of(entry), 1);
            checksums.put(Version.of(entry), new HashSet<>());
        }
    }

    /** Adds the next entry of the history. */
    void add(HistoryEntry entry) {
        List<HistoryEntry> incarnations = newestOfEach.get(entry.key());
        if (incarnations == null) {
            return;
        }
        int number = number(entry, incarnations);
        numbers.replace(SnapshotIdentity.of(entry), number);
        Set<Version.Checksum> ofVersion = checksums.get(Version.of(entry));
        if (ofVersion != null) {
            ofVersion.add(new Version.Checksum(number, entry.checksum()));
        }
    }

    /** Returns the incarnation of a listed snapshot, counted from 1 for each key. */
    int number(HistoryEntry listed) {
        return numbers.getOrDefault(SnapshotIdentity.of(listed), 1);
    }

    /** Returns whether the incarnation of a listed snapshot has published the same version with other parameters. */
    boolean isAmbiguous(HistoryEntry listed) {
        int number = number(listed);
        return checksums.getOrDefault(Version.of(listed), Set.of()).stream()
                .anyMatch(other -> other.incarnation() == number && other.checksum() != listed.checksum());
    }

    /** Returns the number of retained entries. */
    int size() {
        return newestOfEach.values().stream().mapToInt(List::size).sum();
    }

    /** Returns the number of an entry's incarnation, and makes the entry the newest of that. */
    private static int number(HistoryEntry entry, List<HistoryEntry> newestOfEach) {
        for (int i = newestOfEach.size() - 1; i >= 0; i--) {
            if (isSameIncarnation(entry, newestOfEach.get(i))) {
                newestOfEach.set(i, entry);
                return i + 1;
            }
        }
        newestOfEach.add(entry);
        return newestOfEach.size();
    }

    /** A model that was applied again and learned the same samples has the same first offsets, but another state. */
    private static boolean isSameIncarnation(HistoryEntry entry, HistoryEntry other) {
        return entry.lineage().origin().isSameIncarnation(other.lineage().origin())
                && (entry.specHash().equals(other.specHash())
                        || entry.spec().stateHash().equals(other.spec().stateHash())
                        || hasLearnedWith(entry, other.specHash())
                        || hasLearnedWith(other, entry.specHash()));
    }

    /** Returns whether a state has another specification in its lineage, perhaps one with other features. */
    private static boolean hasLearnedWith(HistoryEntry entry, String specHash) {
        return entry.lineage().changes().stream()
                .anyMatch(change -> change.specHash().equals(specHash));
    }
}
