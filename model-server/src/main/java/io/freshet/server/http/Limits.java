package io.freshet.server.http;

import java.time.Duration;

/**
 * Limits on inference requests.
 *
 * @param rows maximum rows of one request
 * @param bodyBytes maximum body size of one request
 * @param heldBytes maximum total of all bodies and responses in memory, at least {@code bodyBytes}
 * @param requestTime how long the head of a request may take to arrive, and then its body; after that the response is
 *     408
 * @param connections maximum open connections
 */
public record Limits(int rows, int bodyBytes, long heldBytes, Duration requestTime, int connections) {
    /** At least 0.4 MB/s for a body of 4 MiB. */
    private static final Duration REQUEST_TIME = Duration.ofSeconds(10);
    /** The rest of the heap is for the models and for predicting, which takes a few times a request's bytes. */
    private static final int HEAP_DIVISOR = 4;

    private static final int CONNECTIONS = 10_000;

    /** Returns limits that allow requests a quarter of this process's heap, or {@code bodyBytes} if that is more. */
    public static Limits of(int rows, int bodyBytes) {
        return new Limits(
                rows,
                bodyBytes,
                Math.max(bodyBytes, Runtime.getRuntime().maxMemory() / HEAP_DIVISOR),
                REQUEST_TIME,
                CONNECTIONS);
    }

    /** Returns the same limits for bodies of another size. */
    Limits withBodyBytes(int bytes) {
        return new Limits(rows, bytes, heldBytes, requestTime, connections);
    }
}
