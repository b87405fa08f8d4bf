package io.freshet.job.join.decode;

import io.freshet.schemas.avro.MalformedRecordException;

/** The event times that the join accepts: from 1970 to where a double is exact. Sums of times and durations do not overflow. */
final class EventTimeRange {
    private static final long LAST = 1L << 53;

    private EventTimeRange() {}

    /** @throws MalformedRecordException if the time is out of range; names the field */
    static long require(String field, long time) throws MalformedRecordException {
        if (time < 0 || time > LAST) {
            throw new MalformedRecordException(field + ": " + time + " (expected: milliseconds since 1970, 0 to 2^53)");
        }
        return time;
    }
}
