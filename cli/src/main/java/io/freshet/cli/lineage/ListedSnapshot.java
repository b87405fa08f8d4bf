package io.freshet.cli.lineage;

import io.freshet.schemas.history.HistoryEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A line of {@code freshet history}.
 *
 * @param incarnation counted from 1 for each key, in the order of their first snapshots
 * @param rank position in the order of publication, over all keys
 * @param changed whether the specification differs from that of the line before, of the same key and incarnation
 */
record ListedSnapshot(HistoryEntry entry, int incarnation, int rank, boolean changed) {
    private static final Comparator<ListedSnapshot> ORDER = Comparator.comparing(
                    (ListedSnapshot each) -> each.entry.key())
            .thenComparingInt(ListedSnapshot::incarnation)
            .thenComparingLong(each -> each.entry.version())
            .thenComparingInt(ListedSnapshot::rank);

    /**
     * Returns the lines ordered by key, incarnation, and version.
     *
     * @param entries in the order of publication
     */
    static List<ListedSnapshot> of(List<HistoryEntry> entries) {
        Map<String, List<HistoryEntry>> newestOfEach = new HashMap<>();
        List<ListedSnapshot> lines = new ArrayList<>();
        for (HistoryEntry entry : entries) {
            List<HistoryEntry> incarnations = newestOfEach.computeIfAbsent(entry.key(), key -> new ArrayList<>());
            lines.add(new ListedSnapshot(entry, number(entry, incarnations), lines.size(), false));
        }
        lines.sort(ORDER);
        for (int i = 1; i < lines.size(); i++) {
            lines.set(i, lines.get(i).after(lines.get(i - 1)));
        }
        return lines;
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

    private ListedSnapshot after(ListedSnapshot before) {
        boolean differs = belongsWith(before) && !entry.specHash().equals(before.entry.specHash());
        return new ListedSnapshot(entry, incarnation, rank, differs);
    }

    /** Returns whether this has the same version as another of its incarnation, but other parameters. */
    boolean isAmbiguousWith(ListedSnapshot other) {
        return belongsWith(other)
                && entry.version() == other.entry.version()
                && entry.checksum() != other.entry.checksum();
    }

    private boolean belongsWith(ListedSnapshot other) {
        return entry.key().equals(other.entry.key()) && incarnation == other.incarnation;
    }
}
