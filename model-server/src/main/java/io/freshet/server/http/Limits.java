package io.freshet.server.http;

import static io.freshet.server.configuration.OptionCheck.expect;

import io.freshet.server.body.ResponseLimits;
import java.time.Duration;

/**
 * Limits on requests.
 *
 * @param rows maximum rows of one request
 * @param bodyBytes maximum body size of one request
 * @param heldBytes maximum total of all bodies in memory, at least {@code bodyBytes}
 * @param connections limits on connections, and on the time of requests; after that the response is 408
 * @param responses limits on responses that wait for their clients
 */
public record Limits(int rows, int bodyBytes, long heldBytes, ConnectionLimits connections, ResponseLimits responses) {
    /**
     * Bodies may take an eighth of the heap, and unread responses as much. The rest is for the models and for predicting, which
     * takes a few times a request's bytes.
     */
    private static final int HEAP_DIVISOR = 8;

    /** @throws IllegalArgumentException naming the option that is invalid */
    public Limits {
        expect(rows >= 1, "maxRows", rows, "at least 1");
        expect(bodyBytes >= 1, "maxBodyBytes", bodyBytes, "at least 1");
    }

    /** Returns limits that allow bodies an eighth of this process's heap, or {@code bodyBytes} if that is more. */
    public static Limits of(int rows, int bodyBytes) {
        long share = Math.max(bodyBytes, Runtime.getRuntime().maxMemory() / HEAP_DIVISOR);
        return new Limits(rows, bodyBytes, share, ConnectionLimits.DEFAULT, ResponseLimits.of(share));
    }

    /** Returns limits that allow unread responses as many bytes as bodies. */
    public Limits(int rows, int bodyBytes, long heldBytes, Duration requestTime, int connections) {
        this(rows, bodyBytes, heldBytes, ConnectionLimits.of(connections, requestTime), ResponseLimits.of(heldBytes));
    }

    /** Returns how long the head of a request may take to arrive, and then its body. */
    public Duration requestTime() {
        return connections.requestTime();
    }

    /** Returns the same limits for bodies of another size. */
    public Limits withBodyBytes(int bytes) {
        return new Limits(rows, bytes, heldBytes, connections, responses);
    }

    /** Returns the same limits with others on connections. */
    public Limits withConnections(ConnectionLimits other) {
        return new Limits(rows, bodyBytes, heldBytes, other, responses);
    }

    /** Returns the same limits with others on responses. */
    public Limits withResponses(ResponseLimits other) {
        return new Limits(rows, bodyBytes, heldBytes, connections, other);
    }
}
