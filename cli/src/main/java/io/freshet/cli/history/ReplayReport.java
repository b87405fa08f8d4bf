package io.freshet.cli.history;

import io.freshet.cli.console.OneLine;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints the result of a replay.
 *
 * @param source of the samples: a topic or a file
 * @param comparedWith names what the replayed parameters were compared with
 * @param difference null if only the checksum is known
 */
record ReplayReport(
        HistoryEntry entry,
        String source,
        float[] replayed,
        String comparedWith,
        @Nullable Difference difference) {
    boolean isIdentical() {
        return FloatBytes.checksum(replayed) == entry.checksum() && (difference == null || difference.changed() == 0);
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", entry.spec().name());
        json.put("key", entry.key());
        json.put("version", entry.version());
        json.put("samples", source);
        json.put("offsets", LineageText.offsets(entry.lineage()));
        json.put("identical", isIdentical());
        json.put("comparedWith", comparedWith);
        json.put("checksum", checksum());
        json.put("expectedChecksum", FloatBytes.checksumText(entry.checksum()));
        if (difference != null && !isIdentical()) {
            DifferenceView.put(json, difference);
        }
        return json;
    }

    String text() {
        String heading = String.format(
                Locale.ROOT,
                "%s%s, version %d: %s, offsets %s, replayed%n",
                entry.spec().name(),
                entry.key().isEmpty() ? "" : "/" + OneLine.of(entry.key()),
                entry.version(),
                source,
                LineageText.offsets(entry.lineage()));
        return heading + (isIdentical() ? identical() : different());
    }

    private String identical() {
        return String.format(
                Locale.ROOT,
                "identical: %s, checksum %s, compared with %s",
                Plural.of(replayed.length, "parameter"),
                checksum(),
                comparedWith);
    }

    private String different() {
        String line = "different: checksum " + checksum() + " (expected: " + FloatBytes.checksumText(entry.checksum())
                + ")" + otherVersion();
        if (difference == null) {
            return line + "; the parameters of this version are no longer published, so the differences are unknown";
        }
        return line
                + String.format(
                        Locale.ROOT,
                        ", %,d of %s%n",
                        difference.changed(),
                        Plural.of(difference.parameters(), "parameter"))
                + DifferenceView.parameters(difference, "PUBLISHED", "REPLAYED");
    }

    private String otherVersion() {
        return entry.freshet().equals(FreshetVersion.VERSION)
                ? ""
                : ", published by Freshet " + entry.freshet() + ", replayed by " + FreshetVersion.VERSION;
    }

    private String checksum() {
        return FloatBytes.checksumText(FloatBytes.checksum(replayed));
    }
}
