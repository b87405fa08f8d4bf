package io.freshet.schemas.facts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sign of life of a running job, and its position in the samples topic. Times are milliseconds since 1970, UTC.
 *
 * @param startedAt when the job was started
 * @param sentAt when this heartbeat was sent
 * @param readAt when the job last read a record, to the second; {@code startedAt} before the first
 * @param read offset after the newest record read, by partition; 0 before the first
 * @param ends offset after the last record, by partition; empty if unknown
 * @param behind records still to be read, in offsets; null if unknown
 * @param catchingUp whether {@code behind} is more than arrived within the last ten seconds
 * @param models offset after the newest record of the models topic that is in effect for all samples still to be read; -1 if unknown
 */
public record Heartbeat(
        long startedAt,
        long sentAt,
        long readAt,
        List<Long> read,
        List<Long> ends,
        @Nullable Long behind,
        boolean catchingUp,
        long models) {
    /** Time between two heartbeats. */
    public static final long PERIOD_MILLIS = 2_000;

    public Heartbeat {
        read = List.copyOf(read);
        ends = List.copyOf(ends);
    }
}
