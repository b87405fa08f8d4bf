package io.freshet.server.request;

import io.freshet.server.body.RequestException;
import java.time.Duration;
import java.time.Instant;

/** How far the clocks of clients may be ahead. */
public final class ClientClock {
    /** By default, the join accepts as much. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private ClientClock() {}

    /**
     * Rejects a time that the join would reject.
     *
     * @param field name of the time in messages
     * @param time milliseconds since 1970, UTC
     * @param now the same
     */
    public static void check(String field, long time, long now) throws RequestException {
        if (time > now + AHEAD.toMillis()) {
            throw RequestException.bad(
                    field, Instant.ofEpochMilli(time), "at most 1 minute ahead of " + Instant.ofEpochMilli(now));
        }
    }
}
