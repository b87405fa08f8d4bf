package io.freshet.cli.history;

import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A line of {@code freshet history}.
 *
 * @param incarnation counted from 1 for each key, in the order of their first snapshots
 * @param changed whether the specification differs from that of the line before, of the same key and incarnation
 * @param ambiguous whether its incarnation has published the same version with other parameters
 */
record ListedSnapshot(HistoryEntry entry, int incarnation, boolean changed, boolean ambiguous) {
    private static final Comparator<ListedSnapshot> ORDER = Comparator.comparing(
                    (ListedSnapshot each) -> each.entry.key())
            .thenComparingInt(ListedSnapshot::incarnation)
            .thenComparingLong(each -> each.entry.version());

    /**
     * Returns the lines ordered by key, incarnation, and version.
     *
     * @param entries in the order of publication
     * @param incarnations of these entries
     */
    static List<ListedSnapshot> of(List<HistoryEntry> entries, Incarnations incarnations) {
        List<ListedSnapshot> lines = new ArrayList<>();
        for (HistoryEntry entry : entries) {
            lines.add(new ListedSnapshot(entry, incarnations.number(entry), false, incarnations.isAmbiguous(entry)));
        }
        lines.sort(ORDER);
        for (int i = 1; i < lines.size(); i++) {
            lines.set(i, lines.get(i).after(lines.get(i - 1)));
        }
        return lines;
    }

    private ListedSnapshot after(ListedSnapshot before) {
        boolean differs = entry.key().equals(before.entry.key())
                && incarnation == before.incarnation
                && !entry.specHash().equals(before.entry.specHash());
        return new ListedSnapshot(entry, incarnation, differs, ambiguous);
    }
}
