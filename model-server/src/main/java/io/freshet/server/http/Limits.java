package io.freshet.server.http;

import java.time.Duration;

/**
 * Limits on inference requests.
 *
 * @param rows maximum rows of one request
 * @param bodyBytes maximum body size of one request
 * @param heldBytes maximum total of all bodies and responses in memory, at least {@code bodyBytes}
 * @param bodyTime how long a body may take to arrive; after that the response is 408
 */
public record Limits(int rows, int bodyBytes, long heldBytes, Duration bodyTime) {
    /** For a body of 4 MiB, about half a megabyte per second. */
    private static final Duration BODY_TIME = Duration.ofSeconds(10);
    /** Parsing and predicting take a few times the bytes of a request; the rest of the heap is for that and the models. */
    private static final int HEAP_DIVISOR = 4;

    /** Returns limits that fit this process's heap. */
    public static Limits of(int rows, int bodyBytes) {
        return new Limits(
                rows, bodyBytes, Math.max(bodyBytes, Runtime.getRuntime().maxMemory() / HEAP_DIVISOR), BODY_TIME);
    }
}
