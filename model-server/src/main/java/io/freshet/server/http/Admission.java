package io.freshet.server.http;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.request.RequestException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Admits requests to infer by their number and by the bytes that they hold in memory: bodies from their first byte on,
 * answers until they are written. Thread-safe.
 */
final class Admission {
    private static final int MAXIMUM_IN_FLIGHT = 256;

    private final ServerMetrics metrics;
    private final long maximumBytes;
    private final AtomicLong held = new AtomicLong();

    /** @param maximumBytes of all bodies and answers at a time */
    Admission(ServerMetrics metrics, long maximumBytes) {
        this.metrics = metrics;
        this.maximumBytes = maximumBytes;
    }

    /** Counts a request in, which is to be left whether it is admitted or not. */
    Ticket enter() {
        return new Ticket(metrics.begin());
    }

    /** What one request holds. Used on the request's own event loop alone. */
    final class Ticket {
        private final int inFlight;
        private long bytes;
        private boolean working;
        private boolean left;

        private Ticket(int inFlight) {
            this.inFlight = inFlight;
        }

        /** @throws RequestException 503 if there are too many requests, or no room for this one's body */
        void admit(long bodyBytes) throws RequestException {
            if (inFlight > MAXIMUM_IN_FLIGHT) {
                throw busy("requests in flight", inFlight, MAXIMUM_IN_FLIGHT);
            }
            hold(bodyBytes);
        }

        /** @throws RequestException 503 if there is no room for so many bytes more */
        void hold(long more) throws RequestException {
            long all = held.addAndGet(more);
            if (all > maximumBytes) {
                held.addAndGet(-more);
                throw busy("bytes of requests in flight", all, maximumBytes);
            }
            bytes += more;
        }

        /** The body is there, and is so large: from now on {@link #leave} is up to who answers it. */
        void work(long bodyBytes) {
            held.addAndGet(bodyBytes - bytes);
            bytes = bodyBytes;
            working = true;
        }

        /** The response has ended, or the client is gone: an answer that is still being made or written holds on. */
        void responded() {
            if (!working) {
                leave();
            }
        }

        /** Gives back what the request held; does nothing the second time. */
        void leave() {
            if (!left) {
                left = true;
                held.addAndGet(-bytes);
                metrics.end();
            }
        }
    }

    private static RequestException busy(String what, long now, long most) {
        return RequestException.of(503, what + ": " + now + " (expected: up to " + most + "; try again)");
    }
}
