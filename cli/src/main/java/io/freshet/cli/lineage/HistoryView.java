package io.freshet.cli.lineage;

import io.freshet.cli.console.Table;
import io.freshet.cli.tail.MetricsView;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.lineage.Round;
import io.freshet.schemas.history.HistoryEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Shows the newest of the snapshots that it is handed: as a table, or as JSON. */
final class HistoryView {
    /** By the time at which they went out; those of one moment stay as they are. */
    static final Comparator<HistoryEntry> ORDER = Comparator.comparingLong(HistoryEntry::publishedAt);

    private final int all;
    private final int skipped;
    private final List<HistoryEntry> entries = new ArrayList<>();
    private final List<Boolean> changed = new ArrayList<>();
    private final Map<String, String> hashes = new HashMap<>();
    private final Map<String, Long> checksums = new HashMap<>();
    private final SortedSet<String> ambiguous = new TreeSet<>();
    private int seen;

    /**
     * @param all how many will come
     * @param limit how many to show
     */
    HistoryView(int all, int limit) {
        this.all = all;
        skipped = Math.max(0, all - limit);
    }

    /** Takes the next snapshot. */
    void add(HistoryEntry entry) {
        String before = hashes.put(entry.key(), entry.specHash());
        Long other = checksums.put(entry.key() + "/" + entry.version(), entry.checksum());
        if (other != null && other != entry.checksum()) {
            ambiguous.add("version " + entry.version() + (entry.key().isEmpty() ? "" : " of key " + entry.key()));
        }
        if (seen++ >= skipped) {
            entries.add(entry);
            changed.add(before != null && !before.equals(entry.specHash()));
        }
    }

    List<Map<String, @Nullable Object>> json() {
        List<Map<String, @Nullable Object>> json = new ArrayList<>();
        for (HistoryEntry entry : entries) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            Lineage lineage = entry.lineage();
            fields.put("model", entry.spec().name());
            fields.put("key", entry.key());
            fields.put("version", entry.version());
            fields.put("publishedAt", time(entry.publishedAt()));
            fields.put("parent", entry.parent() < 0 ? null : entry.parent());
            fields.put("came", lineage.position());
            fields.put("updates", entry.updates());
            fields.put("specHash", entry.specHash());
            fields.put(
                    "changes", lineage.changes().stream().map(HistoryView::json).toList());
            fields.put(
                    "undone", lineage.undone().stream().map(HistoryView::json).toList());
            fields.put("topic", entry.topic());
            fields.put("partitions", partitions(lineage));
            fields.put("order", order(lineage));
            fields.put("watermark", watermark(lineage));
            fields.put("checksum", checksum(entry.checksum()));
            fields.put("freshet", entry.freshet());
            Metrics metrics = entry.metrics();
            if (metrics != null) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                MetricsView.put(values, metrics);
                fields.put("metrics", values);
            }
            json.add(fields);
        }
        return json;
    }

    private static Map<String, Object> json(Lineage.Change change) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("position", change.position());
        fields.put("samples", change.samples());
        fields.put("specHash", change.specHash());
        return fields;
    }

    private static Map<String, Object> json(Lineage.Undone undone) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("after", undone.after());
        fields.put("samples", undone.samples());
        return fields;
    }

    private static List<Map<String, Object>> order(Lineage lineage) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Map.Entry<Long, Round> round : lineage.order().rounds().entrySet()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("position", round.getKey());
            fields.put("partitions", round.getValue().partitions());
            fields.put("samples", round.getValue().samples());
            all.add(fields);
        }
        return all;
    }

    private static List<Map<String, Object>> partitions(Lineage lineage) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < lineage.partitions().length; i++) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("partition", lineage.partitions()[i]);
            fields.put("first", lineage.firstOffsets()[i]);
            fields.put("last", lineage.offsets()[i]);
            all.add(fields);
        }
        return all;
    }

    @Override
    public String toString() {
        boolean keyed = entries.stream().anyMatch(entry -> !entry.key().isEmpty());
        boolean undone =
                entries.stream().anyMatch(entry -> !entry.lineage().undone().isEmpty());
        List<String> header = new ArrayList<>(List.of(
                "VERSION",
                "PUBLISHED",
                "PARENT",
                "CAME",
                "SPEC",
                "OFFSETS",
                "WATERMARK",
                "CHECKSUM",
                "LOSS",
                "FRESHET"));
        if (keyed) {
            header.add(0, "KEY");
        }
        if (undone) {
            header.add("UNDONE");
        }
        Table table = new Table(header.toArray(String[]::new));
        for (int i = 0; i < entries.size(); i++) {
            HistoryEntry entry = entries.get(i);
            Lineage lineage = entry.lineage();
            Metrics metrics = entry.metrics();
            String watermark = watermark(lineage);
            List<String> row = new ArrayList<>(List.of(
                    Long.toString(entry.version()),
                    time(entry.publishedAt()),
                    entry.parent() < 0 ? "-" : Long.toString(entry.parent()),
                    lineage.position() < 0 ? "-" : Long.toString(lineage.position()),
                    entry.specHash() + (changed.get(i) ? "*" : ""),
                    offsets(lineage),
                    watermark == null ? "-" : watermark,
                    checksum(entry.checksum()),
                    metrics == null ? "-" : String.format(Locale.ROOT, "%.4f", metrics.loss()),
                    entry.freshet()));
            if (keyed) {
                row.add(0, entry.key());
            }
            if (undone) {
                row.add(undone(lineage));
            }
            table.add(row.toArray(String[]::new));
        }
        List<String> lines = new ArrayList<>(List.of(table.toString()));
        if (entries.size() < all) {
            lines.add(String.format(Locale.ROOT, "the newest %,d of %,d (--limit)", entries.size(), all));
        }
        for (String each : ambiguous) {
            lines.add(each + ": several checksums, so it was learned anew, from other samples, or in another order");
        }
        return String.join(System.lineSeparator(), lines);
    }

    /** Returns {@code partition:first..last} of each partition. */
    static String offsets(Lineage lineage) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < lineage.partitions().length; i++) {
            all.add(lineage.partitions()[i] + ":" + lineage.firstOffsets()[i] + ".." + lineage.offsets()[i]);
        }
        return String.join(" ", all);
    }

    /** Returns {@code first..last} of each stretch of samples that are undone, by their number from 1. */
    private static String undone(Lineage lineage) {
        List<String> all = lineage.undone().stream()
                .map(undone -> undone.after() + 1 + ".." + undone.samples())
                .toList();
        return all.isEmpty() ? "-" : String.join(" ", all);
    }

    /** Returns eight hexadecimal digits. */
    static String checksum(long value) {
        return String.format(Locale.ROOT, "%08x", value);
    }

    private static @Nullable String watermark(Lineage lineage) {
        return lineage.watermark() == Long.MIN_VALUE ? null : time(lineage.watermark());
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
