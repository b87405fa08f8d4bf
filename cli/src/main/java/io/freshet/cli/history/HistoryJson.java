package io.freshet.cli.history;

import io.freshet.cli.tail.MetricsView;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Round;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code freshet history}. */
final class HistoryJson {
    private HistoryJson() {}

    static Map<String, @Nullable Object> of(ListedSnapshot line) {
        HistoryEntry entry = line.entry();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        Lineage lineage = entry.lineage();
        fields.put("model", entry.spec().name());
        fields.put("key", entry.key());
        fields.put("incarnation", line.incarnation());
        fields.put("version", entry.version());
        fields.put("publishedAt", LineageText.time(entry.publishedAt()));
        fields.put("parent", entry.parent() < 0 ? null : entry.parent());
        fields.put("received", lineage.position());
        fields.put("updates", entry.updates());
        fields.put("specHash", entry.specHash());
        fields.put(
                "changes", lineage.changes().stream().map(HistoryJson::change).toList());
        fields.put("undone", lineage.undone().stream().map(HistoryJson::undone).toList());
        fields.put("topic", entry.topic());
        fields.put("partitions", partitions(lineage));
        fields.put("order", order(lineage));
        fields.put("watermark", LineageText.watermark(lineage));
        fields.put("checksum", FloatBytes.checksumText(entry.checksum()));
        fields.put("freshet", entry.freshet());
        Metrics metrics = entry.metrics();
        if (metrics != null) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            MetricsView.put(values, metrics);
            fields.put("metrics", values);
        }
        return fields;
    }

    private static Map<String, Object> change(Lineage.Change change) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("position", change.position());
        fields.put("samples", change.samples());
        fields.put("specHash", change.specHash());
        fields.put("partition", change.partition());
        fields.put("offset", change.offset());
        return fields;
    }

    private static Map<String, Object> undone(Lineage.Undone undone) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("after", undone.after());
        fields.put("samples", undone.samples());
        return fields;
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
}
