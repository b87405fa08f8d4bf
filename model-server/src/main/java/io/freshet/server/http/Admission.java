package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Limits requests of one kind by the bytes they hold in memory and, once their bodies are complete, by number. A slow
 * client holds only the bytes it has sent. What waits for clients to read it is limited by {@code Responses}. Requests that wait
 * for something else than others have an admission of their own, so that they cannot take their places. Thread-safe.
 */
public final class Admission {
    /** The status recorded if the client disconnects before the response, as in nginx. */
    public static final int CLIENT_GONE = 499;

    private final String requests;
    private final int maximumInFlight;
    private final long maximumBytes;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong held = new AtomicLong();

    /**
     * @param requests what messages call the requests
     * @param maximumInFlight requests with a complete body
     * @param maximumBytes total of all bodies in memory
     */
    public Admission(String requests, int maximumInFlight, long maximumBytes) {
        this.requests = requests;
        this.maximumInFlight = maximumInFlight;
        this.maximumBytes = maximumBytes;
    }

    /** Returns the number of requests with a complete body and no response yet. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Returns the bytes that requests hold. */
    public long heldBytes() {
        return held.get();
    }

    /** Runs what a request without a body waits for. Fails with a {@link RequestException}, 503, if too many requests wait. */
    public <T> Future<T> run(Supplier<Future<T>> work) {
        return enter().run(0, work);
    }

    /** Returns the ticket of a new request, which must be released. */
    public Ticket enter() {
        return new Ticket();
    }

    /** What one request holds. Used on the request's event loop, but for {@link #requireClient} and {@link #isAbandoned}. */
    public final class Ticket {
        private long bytes;
        private boolean begun;
        private boolean released;
        private volatile boolean ended;

        private Ticket() {}

        /** @throws RequestException 503 if {@code more} bytes do not fit, 499 if the ticket is released */
        public void hold(long more) throws RequestException {
            requireHeld();
            long all = held.addAndGet(more);
            if (all > maximumBytes) {
                held.addAndGet(-more);
                throw busy("bytes of " + requests + " in flight", all, maximumBytes);
            }
            bytes += more;
        }

        private void begin() throws RequestException {
            requireHeld();
            int all = inFlight.incrementAndGet();
            if (all > maximumInFlight) {
                inFlight.decrementAndGet();
                throw busy(requests + " in flight", all, maximumInFlight);
            }
            begun = true;
        }

        /**
         * Runs what a request waits for whose body is complete, and then releases the ticket. Fails with a
         * {@link RequestException}: 503 if too many requests are in flight, or bytes held, and 499 if the ticket is released.
         *
         * @param more bytes to hold besides those of the body
         */
        public <T> Future<T> run(long more, Supplier<Future<T>> work) {
            try {
                if (more > 0) {
                    hold(more);
                }
                begin();
            } catch (RequestException e) {
                return Future.failedFuture(e);
            }
            try {
                return work.get().onComplete(done -> release());
            } catch (RuntimeException | Error e) {
                release();
                throw e;
            }
        }

        /** What a released ticket holds would never be released. */
        private void requireHeld() throws RequestException {
            if (released) {
                throw clientGone();
            }
        }

        /**
         * Prevents work for nobody.
         *
         * @throws RequestException if the client has disconnected
         */
        public void requireClient() throws RequestException {
            if (ended) {
                throw clientGone();
            }
        }

        /** Returns whether nobody waits for the response any more. Thread-safe. */
        public boolean isAbandoned() {
            return ended;
        }

        /** Releases the ticket when the response or connection ends, unless a response is still computed. */
        public void responseEnded() {
            ended = true;
            if (!begun) {
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
            if (begun) {
                inFlight.decrementAndGet();
            }
        }
    }

    private static RequestException clientGone() {
        return RequestException.of(CLIENT_GONE, "the client disconnected");
    }

    private static RequestException busy(String what, long current, long maximum) {
        return RequestException.of(503, what + ": " + current + " (expected: up to " + maximum + "; try again)");
    }
}
