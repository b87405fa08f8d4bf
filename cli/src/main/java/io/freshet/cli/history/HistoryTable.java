package io.freshet.cli.history;

import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Table;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The table of {@code freshet history}: the newest snapshots, and the versions with several checksums. */
final class HistoryTable {
    /** Versions named in the line about several checksums. */
    private static final int NAMED_VERSIONS = 10;

    private final NewestSnapshots newest;
    private final List<ListedSnapshot> lines;

    HistoryTable(NewestSnapshots newest, Incarnations incarnations) {
        this.newest = newest;
        lines = ListedSnapshot.of(newest.entries(), incarnations);
    }

    /** Returns the newest snapshots, ordered by key, incarnation, and version. */
    List<ListedSnapshot> lines() {
        return lines;
    }

    @Override
    public String toString() {
        List<String> text = new ArrayList<>(List.of(table().toString()));
        if (!newest.isComplete()) {
            text.add(String.format(
                    Locale.ROOT, "the newest %,d of %,d publications (--limit)", lines.size(), newest.publications()));
        }
        Set<String> ambiguous = ambiguous();
        if (!ambiguous.isEmpty()) {
            int more = ambiguous.size() - NAMED_VERSIONS;
            text.add(Plural.noun(ambiguous.size(), "version") + " "
                    + String.join(", ", ambiguous.stream().limit(NAMED_VERSIONS).toList())
                    + (more > 0 ? ", and " + more + " more" : "")
                    + ": several checksums: learned again from scratch, from other samples, or in another order");
        }
        return String.join(System.lineSeparator(), text);
    }

    /** Returns the versions with several checksums, one of which is among the newest. */
    private Set<String> ambiguous() {
        Set<String> versions = new LinkedHashSet<>();
        for (ListedSnapshot line : lines) {
            if (line.ambiguous()) {
                String key = line.entry().key();
                versions.add(line.entry().version() + (key.isEmpty() ? "" : " of key " + OneLine.of(key)));
            }
        }
        return versions;
    }

    private Table table() {
        boolean keyed = lines.stream().anyMatch(line -> !line.entry().key().isEmpty());
        boolean again = lines.stream().anyMatch(line -> line.incarnation() > 1);
        boolean reverted =
                lines.stream().anyMatch(line -> !line.entry().lineage().undone().isEmpty());
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
        if (again) {
            header.add(0, "INCARNATION");
        }
        if (keyed) {
            header.add(0, "KEY");
        }
        if (reverted) {
            header.add("REVERTED");
        }
        Table table = new Table(header.toArray(String[]::new));
        for (ListedSnapshot line : lines) {
            HistoryEntry entry = line.entry();
            List<String> row = row(entry, line.changed());
            if (again) {
                row.add(0, Integer.toString(line.incarnation()));
            }
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
                Long.toString(lineage.position()),
                entry.specHash() + (changed ? "*" : ""),
                LineageText.offsets(lineage),
                watermark == null ? "-" : watermark,
                FloatBytes.checksumText(entry.checksum()),
                metrics == null ? "-" : String.format(Locale.ROOT, "%.4f", metrics.loss()),
                entry.freshet()));
    }
}
