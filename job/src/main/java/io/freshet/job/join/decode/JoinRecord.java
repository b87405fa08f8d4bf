package io.freshet.job.join.decode;

import io.freshet.job.record.SourceRecord;

/**
 * A record that the join reads, before it is decoded.
 *
 * @param isOutcome whether it is from the outcomes topic
 * @param eventTime milliseconds since 1970, UTC; {@link #NO_TIME} if it has none, or one too far ahead of the clock
 */
public record JoinRecord(boolean isOutcome, long eventTime, SourceRecord record) {
    /** Moves no watermark. */
    public static final long NO_TIME = Long.MIN_VALUE;
}
