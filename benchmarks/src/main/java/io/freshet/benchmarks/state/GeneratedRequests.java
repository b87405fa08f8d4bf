package io.freshet.benchmarks.state;

import io.freshet.benchmarks.state.GeneratedSource.Values;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinRecord;
import io.freshet.job.join.decode.JoinRecordReader;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Answers as a server logs them, one every millisecond of event time, and after {@code open} of them, between two answers the
 * outcome of the one {@code open / 2} answers ago.
 *
 * @param open number of answers before the first outcome
 * @param start event time of the first answer, milliseconds since 1970, UTC
 */
record GeneratedRequests(long open, long start) implements Values<JoinRecord> {
    private static final long serialVersionUID = 1;
    private static final JoinRecordReader READER = new JoinRecordReader(
            new JoinTopics("answers", "outcomes"),
            new RequestFormat.Answers(),
            JoinTiming.DEFAULT,
            InstantSource.system());
    private static final String[] ORIGINS = {"SEA", "SFO", "LAX", "JFK", "ORD", "ATL", "DEN", "BOS"};

    @Override
    public JoinRecord apply(long offset) {
        if (offset < open) {
            return answer(offset, offset);
        }
        long pair = open + (offset - open) / 2;
        return (offset - open) % 2 == 0 ? answer(pair, offset) : outcome(pair - open / 2, offset);
    }

    @Override
    public long watermark(JoinRecord record) {
        return record.eventTime() - 1;
    }

    private JoinRecord answer(long request, long offset) {
        String text = "{\"id\":\"" + id(request) + "\",\"row\":0,\"time\":" + (start + request) + ",\"event_time\":"
                + (start + request) + ",\"model\":\"ctr\",\"key\":null,\"version\":1200,\"lane\":\"eager\","
                + "\"version_label\":null,\"share\":null,\"age_millis\":420,\"shadow\":false,\"outputs\":{\"prediction\":0.12},"
                + "\"fields\":{\"age\":" + request % 90 + ",\"hour\":" + request % 24 + ",\"distance\":"
                + request % 3000
                + ".5,\"origin\":\"" + ORIGINS[(int) (request % 8)] + "\",\"destination\":\""
                + ORIGINS[(int) (request % 7)] + "\"}}";
        return read(false, offset, start + request, text);
    }

    private JoinRecord outcome(long request, long offset) {
        long time = start + request + open / 2;
        String text = "{\"model\":\"ctr\",\"id\":\"" + id(request) + "\",\"outcome_id\":\"o" + request
                + "\",\"value\":1,\"time\":" + time + "}";
        return read(true, offset, time, text);
    }

    /** Returns an id like those of a server: 36 characters in no order. */
    private static String id(long request) {
        long mixed = request * 0x9e3779b97f4a7c15L;
        return Long.toHexString(mixed) + "-" + (1_000_000_000_000_000_000L + request);
    }

    private static JoinRecord read(boolean isOutcome, long offset, long time, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return READER.read(isOutcome, new SourceRecord(0, offset, time, null, bytes, RecordHeaders.NONE));
    }
}
