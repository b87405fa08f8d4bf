package io.freshet.cli.lineage;

import io.freshet.cli.console.Table;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.lineage.Lineage;
import io.freshet.schemas.history.HistoryEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** The table of {@code freshet history}: the newest snapshots, and the versions with several checksums. */
final class HistoryTable {
    private final int count;
    private final List<HistoryEntry> newest;
    /** For each of the newest: whether its specification differs from that of the key's previous snapshot. */
    private final List<Boolean> changed = new ArrayList<>();

    private final SortedSet<String> ambiguous = new TreeSet<>();

    /**
     * @param entries the oldest first
     * @param limit count of the newest to show
     */
    HistoryTable(List<HistoryEntry> entries, int limit) {
        count = entries.size();
        int skipped = Math.max(0, count - limit);
        newest = entries.subList(skipped, count);
        Map<String, String> hashes = new HashMap<>();
        Map<String, Long> checksums = new HashMap<>();
        for (int i = 0; i < count; i++) {
            HistoryEntry entry = entries.get(i);
            String previousHash = hashes.put(entry.key(), entry.specHash());
            Long previousChecksum = checksums.put(entry.key() + "/" + entry.version(), entry.checksum());
            if (previousChecksum != null && previousChecksum != entry.checksum()) {
                ambiguous.add("version " + entry.version() + (entry.key().isEmpty() ? "" : " of key " + entry.key()));
            }
            if (i >= skipped) {
                changed.add(previousHash != null && !previousHash.equals(entry.specHash()));
            }
        }
    }

    List<HistoryEntry> newest() {
        return newest;
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>(List.of(table().toString()));
        if (newest.size() < count) {
            lines.add(String.format(Locale.ROOT, "the newest %,d of %,d (--limit)", newest.size(), count));
        }
        for (String version : ambiguous) {
            lines.add(version + ": several checksums: learned again from scratch, from other samples,"
                    + " or in another order");
        }
        return String.join(System.lineSeparator(), lines);
    }

    private Table table() {
        boolean keyed = newest.stream().anyMatch(entry -> !entry.key().isEmpty());
        boolean reverted =
                newest.stream().anyMatch(entry -> !entry.lineage().undone().isEmpty());
        List<String> header = new ArrayList<>(List.of(
                "VERSION",
                "PUBLISHED",
                "PARENT",
                "RECEIVED",
                "SPEC",
                "OFFSETS",
                "WATERMARK",
                "CHECKSUM",
                "LOSS",
                "FRESHET"));
        if (keyed) {
            header.add(0, "KEY");
        }
        if (reverted) {
            header.add("REVERTED");
        }
        Table table = new Table(header.toArray(String[]::new));
        for (int i = 0; i < newest.size(); i++) {
            HistoryEntry entry = newest.get(i);
            List<String> row = row(entry, changed.get(i));
            if (keyed) {
                row.add(0, entry.key());
            }
            if (reverted) {
                row.add(LineageText.reverted(entry.lineage()));
            }
            table.add(row.toArray(String[]::new));
        }
        return table;
    }

    private static List<String> row(HistoryEntry entry, boolean changed) {
        Lineage lineage = entry.lineage();
        Metrics metrics = entry.metrics();
        String watermark = LineageText.watermark(lineage);
        return new ArrayList<>(List.of(
                Long.toString(entry.version()),
                LineageText.time(entry.publishedAt()),
                entry.parent() < 0 ? "-" : Long.toString(entry.parent()),
                lineage.position() < 0 ? "-" : Long.toString(lineage.position()),
                entry.specHash() + (changed ? "*" : ""),
                LineageText.offsets(lineage),
                watermark == null ? "-" : watermark,
                LineageText.checksum(entry.checksum()),
                metrics == null ? "-" : String.format(Locale.ROOT, "%.4f", metrics.loss()),
                entry.freshet()));
    }
}
