package io.freshet.server.http;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.request.RequestException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits concurrent inference requests by count and by bytes in memory. A body counts from its first byte, a response
 * until it is written. Thread-safe.
 */
final class Admission {
    private static final int MAXIMUM_IN_FLIGHT = 256;

    private final ServerMetrics metrics;
    private final long maximumBytes;
    private final AtomicLong held = new AtomicLong();

    /** @param maximumBytes total of all bodies and responses in memory */
    Admission(ServerMetrics metrics, long maximumBytes) {
        this.metrics = metrics;
        this.maximumBytes = maximumBytes;
    }

    /** Counts a new request. Its ticket must be released, whether or not the request is admitted. */
    Ticket enter() {
        return new Ticket(metrics.begin());
    }

    /** The memory that one request holds. Used only on the request's event loop. */
    final class Ticket {
        private final int inFlight;
        private long bytes;
        private boolean responding;
        private boolean released;

        private Ticket(int inFlight) {
            this.inFlight = inFlight;
        }

        /** @throws RequestException 503 if too many requests are in flight, or this body does not fit */
        void admit(long bodyBytes) throws RequestException {
            if (inFlight > MAXIMUM_IN_FLIGHT) {
                throw busy("requests in flight", inFlight, MAXIMUM_IN_FLIGHT);
            }
            hold(bodyBytes);
        }

        /** @throws RequestException 503 if {@code more} bytes do not fit */
        void hold(long more) throws RequestException {
            long all = held.addAndGet(more);
            if (all > maximumBytes) {
                held.addAndGet(-more);
                throw busy("bytes of requests in flight", all, maximumBytes);
            }
            bytes += more;
        }

        /** Records the actual size of the body. From now on, the code that responds must call {@link #release}. */
        void bodyRead(long bodyBytes) {
            held.addAndGet(bodyBytes - bytes);
            bytes = bodyBytes;
            responding = true;
        }

        /** Releases the ticket when the response or connection ends, unless a response is still computed or written. */
        void responseEnded() {
            if (!responding) {
                release();
            }
        }

        /** Releases what the request held. Idempotent. */
        void release() {
            if (!released) {
                released = true;
                held.addAndGet(-bytes);
                metrics.end();
            }
        }
    }

    private static RequestException busy(String what, long current, long maximum) {
        return RequestException.of(503, what + ": " + current + " (expected: up to " + maximum + "; try again)");
    }
}
