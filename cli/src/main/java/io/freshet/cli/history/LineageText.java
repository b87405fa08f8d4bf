package io.freshet.cli.history;

import io.freshet.learning.features.Lineage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats the parts of a lineage for tables and JSON. */
public final class LineageText {
    private LineageText() {}

    /** Returns {@code partition:first..last} of each partition. */
    public static String offsets(Lineage lineage) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < lineage.partitions().length; i++) {
            all.add(lineage.partitions()[i] + ":" + lineage.firstOffsets()[i] + ".." + lineage.offsets()[i]);
        }
        return String.join(" ", all);
    }

    /** Returns {@code first..last} of each range of reverted samples, counted from 1. */
    static String reverted(Lineage lineage) {
        List<String> all = lineage.undone().stream()
                .map(undone -> undone.after() + 1 + ".." + undone.samples())
                .toList();
        return all.isEmpty() ? "-" : String.join(" ", all);
    }

    static @Nullable String watermark(Lineage lineage) {
        return lineage.watermark() == Long.MIN_VALUE ? null : time(lineage.watermark());
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
