package io.freshet.server.http;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.request.RequestException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits inference requests by the bytes they hold in memory and, once their bodies are complete, by number. A slow
 * client holds only the bytes it has sent; a response counts until it is written. Thread-safe.
 */
public final class Admission {
    private static final int MAXIMUM_IN_FLIGHT = 256;

    /** The status recorded if the client disconnects before the response, as in nginx. */
    public static final int CLIENT_GONE = 499;

    private final ServerMetrics metrics;
    private final long maximumBytes;
    private final AtomicLong held = new AtomicLong();

    /** @param maximumBytes total of all bodies and responses in memory */
    public Admission(ServerMetrics metrics, long maximumBytes) {
        this.metrics = metrics;
        this.maximumBytes = maximumBytes;
    }

    /** Returns the ticket of a new request, which must be released. */
    public Ticket enter() {
        return new Ticket();
    }

    /** What one request holds. Used on the request's event loop, but for {@link #requireClient}. */
    public final class Ticket {
        private long bytes;
        private boolean inFlight;
        private boolean released;
        private volatile boolean ended;

        private Ticket() {}

        /** @throws RequestException 503 if {@code more} bytes do not fit */
        public void hold(long more) throws RequestException {
            long all = held.addAndGet(more);
            if (all > maximumBytes) {
                held.addAndGet(-more);
                throw busy("bytes of requests in flight", all, maximumBytes);
            }
            bytes += more;
            metrics.hold(more);
        }

        /**
         * Counts the request, whose body is complete. From now on, the code that responds must call {@link #release}.
         *
         * @throws RequestException 503 if too many requests are in flight
         */
        public void begin() throws RequestException {
            int all = metrics.begin();
            if (all > MAXIMUM_IN_FLIGHT) {
                metrics.end();
                throw busy("requests in flight", all, MAXIMUM_IN_FLIGHT);
            }
            inFlight = true;
        }

        /**
         * Prevents work for nobody.
         *
         * @throws RequestException if the client has disconnected
         */
        public void requireClient() throws RequestException {
            if (ended) {
                throw RequestException.of(CLIENT_GONE, "the client disconnected");
            }
        }

        /** Releases the ticket when the response or connection ends, unless a response is still computed or written. */
        public void responseEnded() {
            ended = true;
            if (!inFlight) {
                release();
            }
        }

        /** Releases what the request held. Idempotent. */
        public void release() {
            if (released) {
                return;
            }
            released = true;
            held.addAndGet(-bytes);
            metrics.hold(-bytes);
            if (inFlight) {
                metrics.end();
            }
        }
    }

    private static RequestException busy(String what, long current, long maximum) {
        return RequestException.of(503, what + ": " + current + " (expected: up to " + maximum + "; try again)");
    }
}
