package io.freshet.server.http;

import java.time.Duration;

/**
 * What requests to infer may take of the server.
 *
 * @param rows of one request
 * @param bodyBytes of one request
 * @param heldBytes of all bodies and answers that are in memory at a time, at least {@code bodyBytes}
 * @param bodyTime that a body may take to arrive; the answer to one that takes longer is 408
 */
public record Limits(int rows, int bodyBytes, long heldBytes, Duration bodyTime) {
    /** At 4 MiB a body, half a megabyte a second. */
    private static final Duration BODY_TIME = Duration.ofSeconds(10);
    /** Parsed and computed, a request takes a few times its bytes: the rest of the heap is for that, and for the models. */
    private static final int PART_OF_THE_HEAP = 4;

    /** Returns the limits that this process can bear. */
    public static Limits of(int rows, int bodyBytes) {
        return new Limits(
                rows, bodyBytes, Math.max(bodyBytes, Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP), BODY_TIME);
    }
}
