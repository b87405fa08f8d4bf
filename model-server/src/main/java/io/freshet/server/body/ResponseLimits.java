package io.freshet.server.body;

import java.time.Duration;

/**
 * Limits on responses that wait for their clients.
 *
 * @param readTime how long a client may take to read a response, or a part of one that never ends
 * @param unreadBytes maximum total of responses that are not read; one connection may have a quarter of them, or one response
 */
public record ResponseLimits(Duration readTime, long unreadBytes) {
    private static final Duration READ_TIME = Duration.ofSeconds(30);
    private static final int CONNECTION_DIVISOR = 4;

    /** Returns limits with the default time. */
    public static ResponseLimits of(long unreadBytes) {
        return new ResponseLimits(READ_TIME, unreadBytes);
    }

    long connectionBytes() {
        return unreadBytes / CONNECTION_DIVISOR;
    }
}
