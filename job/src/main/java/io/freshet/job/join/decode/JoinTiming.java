package io.freshet.job.join.decode;

import io.freshet.job.join.TimedSource;
import io.freshet.learning.yaml.Durations;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.Serializable;
import java.time.Duration;

/**
 * How event time moves.
 *
 * @param outOfOrder by how much records of a partition may be out of order
 * @param idle how long a partition that is read to its end delays event time after its last record
 * @param maximumAhead how far event times may be ahead of the clock
 */
public record JoinTiming(Duration outOfOrder, Duration idle, Duration maximumAhead) implements Serializable {
    public static final JoinTiming DEFAULT =
            new JoinTiming(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(1));

    /** The last valid time: a double is exact up to here, and sums of times and durations do not overflow. */
    private static final long LAST = 1L << 53;

    /** Returns how records move event time at the source. */
    public TimedSource.Timing<JoinRecord> source() {
        return new TimedSource.Timing<>(JoinRecord::eventTime, outOfOrder, idle);
    }

    /** Returns a time that may move the watermark; {@link JoinRecord#NO_TIME} if it is too far ahead of the clock. */
    long orNone(long time, long now) {
        return isAhead(time, now) ? JoinRecord.NO_TIME : time;
    }

    private boolean isAhead(long time, long now) {
        return time > now + maximumAhead.toMillis();
    }

    /** @throws MalformedRecordException if a time is too far ahead of the clock; names the field */
    long requireNotAhead(String field, long time, long now) throws MalformedRecordException {
        if (isAhead(time, now)) {
            throw new MalformedRecordException(field + ": " + time + " (expected: up to "
                    + Durations.write(maximumAhead.toMillis()) + " after the clock, which is at " + now + ")");
        }
        return time;
    }

    /** @throws MalformedRecordException if a time is before 1970, or too large; names the field */
    static long requireInRange(String field, long time) throws MalformedRecordException {
        if (time < 0 || time > LAST) {
            throw new MalformedRecordException(field + ": " + time + " (expected: milliseconds since 1970, 0 to 2^53)");
        }
        return time;
    }
}
