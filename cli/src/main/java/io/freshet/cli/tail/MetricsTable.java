package io.freshet.cli.tail;

import io.freshet.learning.evaluation.Metric;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table of evaluations that grows by a row for each, without knowing the next. */
final class MetricsTable {
    private static final String FORMAT = "%-8s  %-22s %11s %9s %11s %9s %9s  %s";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private final ZoneId zone;
    private boolean begun;

    /** @param zone of the times */
    MetricsTable(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * Returns the row of an evaluation, after the header if it is the first.
     *
     * @param timestamp of the record, in milliseconds since 1970, UTC
     * @param fields as {@link MetricsView} returns them
     */
    String row(long timestamp, Map<String, @Nullable Object> fields) {
        String key = text(fields, "key");
        String row = line(
                TIME.format(Instant.ofEpochMilli(timestamp).atZone(zone)),
                text(fields, "model") + (key.isEmpty() ? "" : "/" + key),
                count(fields.get("total")),
                number(fields.get("loss")),
                number(fields.get("totalLoss")),
                number(fields.get("baselineLoss")),
                count(fields.get("behind")),
                remarks(fields));
        if (begun) {
            return row;
        }
        begun = true;
        String header =
                line("TIME", "MODEL", "SAMPLES", "LOSS", "SINCE START", "CONSTANT", "BEHIND", "METRICS OF THE WINDOW");
        return header + System.lineSeparator() + row;
    }

    private static String line(String... cells) {
        return String.format(Locale.ROOT, FORMAT, (Object[]) cells);
    }

    private static String remarks(Map<String, @Nullable Object> fields) {
        List<String> remarks = new ArrayList<>();
        for (Metric metric : Metric.brief()) {
            Object value = fields.get(metric.field());
            if (value != null) {
                remarks.add(metric.column() + " " + number(value));
            }
        }
        if (fields.get("holdoutLoss") != null) {
            remarks.add("hold-out loss " + number(fields.get("holdoutLoss")));
        }
        if (text(fields, "stream").startsWith("catching up")) {
            remarks.add("catching up");
        }
        addPositive(remarks, fields.get("rejected"), "rejected");
        addPositive(remarks, fields.get("deadLetters"), "not decoded");
        if (fields.get("events") instanceof List<?> events) {
            events.forEach(event -> remarks.add(String.valueOf(event)));
        }
        if (Boolean.TRUE.equals(fields.get("stopped"))) {
            remarks.add("stopped early");
        }
        return String.join(", ", remarks);
    }

    private static void addPositive(List<String> remarks, @Nullable Object count, String what) {
        if (count instanceof Number number && number.longValue() > 0) {
            remarks.add(count(number) + " " + what);
        }
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : String.valueOf(value);
    }

    private static String count(@Nullable Object value) {
        return value instanceof Number number ? String.format(Locale.ROOT, "%,d", number.longValue()) : "-";
    }

    private static String number(@Nullable Object value) {
        return value instanceof Number number ? String.format(Locale.ROOT, "%.4g", number.doubleValue()) : "-";
    }
}
