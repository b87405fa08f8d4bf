package io.freshet.cli.tail;

import io.freshet.cli.console.JoinFigures;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.LatestJoin;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Shows reports of joins. One arrives each second, so a person sees those that end a window, and otherwise one in
 * {@value #PERIOD_SECONDS} seconds for each model.
 */
final class JoinReportView implements RecordView {
    private static final int PERIOD_SECONDS = 10;
    private static final long PERIOD_MILLIS = Duration.ofSeconds(PERIOD_SECONDS).toMillis();

    private final JoinReportCodec codec = new JoinReportCodec();
    private final Map<String, Long> shownAt = new HashMap<>();

    @Override
    public @Nullable Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record)
            throws MalformedRecordException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("join", JoinReportCodec.model(record.key()));
        if (record.value() == null) {
            fields.put("state", "deleted");
            return fields;
        }
        JoinReport report = codec.read(record.value());
        boolean ended = report.window().ended();
        fields.put("window", report.window().index());
        fields.put("windowEnded", ended);
        LatestJoin join = new LatestJoin(report, null, report.window().emittedAt(), report.counts());
        fields.put("servedLoss", join.servedLoss());
        fields.put("expectedLoss", join.expectedLoss());
        fields.put("servedAnswers", join.servedAnswers());
        JoinFigures.put(fields, report);
        return fields;
    }

    /** Returns whether a person has seen a report of this window and model within the period. */
    @Override
    public boolean isRepetition(ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> fields) {
        String model = String.valueOf(fields.get("join"));
        Long last = shownAt.get(model);
        if (Boolean.FALSE.equals(fields.get("windowEnded"))
                && last != null
                && record.timestamp() < last + PERIOD_MILLIS) {
            return true;
        }
        shownAt.put(model, record.timestamp());
        return false;
    }
}
