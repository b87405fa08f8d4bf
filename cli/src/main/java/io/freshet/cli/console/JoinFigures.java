package io.freshet.cli.console;

import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinDelays;
import io.freshet.schemas.loop.JoinReport;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures of a join by the names of the JSON output. */
public final class JoinFigures {
    private JoinFigures() {}

    /** Adds the counts, the delays, and the event time of a report. */
    public static void put(Map<String, @Nullable Object> fields, JoinReport report) {
        for (JoinCount count : JoinCount.values()) {
            fields.put(count.field(), report.count(count));
        }
        JoinDelays delays = report.delays();
        fields.put("delayP50Millis", delays.quantile(0.5));
        fields.put("delayP90Millis", delays.quantile(0.9));
        fields.put("delayP99Millis", delays.quantile(0.99));
        fields.put("lateShare", delays.lateShare());
        Long watermark = report.window().watermark();
        fields.put(
                "eventTime",
                watermark == null ? null : Instant.ofEpochMilli(watermark).toString());
    }
}
