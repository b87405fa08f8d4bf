package io.freshet.server.body;

import io.freshet.server.metrics.ServerMetrics;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Responses that wait for their clients to read them: in bytes, and each for a limited time. Closes the connections of clients that
 * do not read, so that they never count against others. Thread-safe.
 *
 * <p>Most responses are written before the event loop's turn ends. Until then, they only count against their connection.
 */
final class UnreadResponses {
    private final ServerMetrics metrics;
    private final ResponseLimits limits;
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong sequence = new AtomicLong();
    private final Map<HttpConnection, Long> byConnection = new ConcurrentHashMap<>();
    /** The first has waited longest. */
    private final ConcurrentSkipListMap<Long, Unread> byAge = new ConcurrentSkipListMap<>();

    UnreadResponses(ServerMetrics metrics, ResponseLimits limits) {
        this.metrics = metrics;
        this.limits = limits;
        metrics.gauge("freshet.responses.unread.bytes", "Responses that their clients have not read yet", total::get);
    }

    /** @throws RequestException 503 if the connection has too many unread bytes for a response of {@code bytes} */
    void requireRoom(HttpConnection connection, long bytes) throws RequestException {
        long unread = byConnection.getOrDefault(connection, 0L);
        if (unread > 0 && unread + bytes > limits.connectionBytes()) {
            throw RequestException.of(
                    503,
                    "unread responses of this connection: " + (unread + bytes) + " bytes (expected: up to "
                            + limits.connectionBytes() + "; read them, then try again)");
        }
    }

    /** Follows a response that was handed to its connection. Used on the connection's event loop. */
    void follow(HttpConnection connection, long bytes, Future<Void> written) {
        if (written.isComplete()) {
            return;
        }
        ChannelHandlerContext channel = ((HttpServerConnection) connection).channelHandlerContext();
        Unread unread = new Unread(connection, channel, bytes, sequence.incrementAndGet());
        // At once, so that the next response of the same turn finds it.
        byConnection.merge(connection, bytes, Long::sum);
        written.onComplete(end -> unread.remove());
        channel.executor().execute(() -> {
            if (!written.isComplete()) {
                follow(unread, written);
            }
        });
    }

    private void follow(Unread unread, Future<Void> written) {
        unread.add();
        java.util.concurrent.Future<?> deadline = unread.channel
                .executor()
                .schedule(unread::cutOff, limits.readTime().toMillis(), TimeUnit.MILLISECONDS);
        written.onComplete(end -> deadline.cancel(false));
        makeRoom(unread);
    }

    /** Closes the connections whose clients have not read for longest, so that the newest response fits. */
    private void makeRoom(Unread newest) {
        while (total.get() > limits.unreadBytes()) {
            Map.Entry<Long, Unread> oldest = byAge.firstEntry();
            if (oldest == null || oldest.getValue() == newest) {
                return;
            }
            oldest.getValue().cutOff();
        }
    }

    /** A response that is not read. */
    private final class Unread {
        private final HttpConnection connection;
        private final ChannelHandlerContext channel;
        private final long bytes;
        private final long number;
        private final AtomicBoolean removed = new AtomicBoolean();
        private boolean added;

        Unread(HttpConnection connection, ChannelHandlerContext channel, long bytes, long number) {
            this.connection = connection;
            this.channel = channel;
            this.bytes = bytes;
            this.number = number;
        }

        /** Counts it before others find it, and may remove it. */
        void add() {
            added = true;
            total.addAndGet(bytes);
            byAge.put(number, this);
        }

        void remove() {
            if (!removed.getAndSet(true)) {
                byConnection.computeIfPresent(
                        connection, (key, all) -> all == bytes ? null : Long.valueOf(all - bytes));
                if (added) {
                    byAge.remove(number);
                    total.addAndGet(-bytes);
                }
            }
        }

        /** Closes at once: a connection that is closed in order first waits until everything is written. */
        void cutOff() {
            if (!removed.get()) {
                remove();
                metrics.rejected(Responses.UNREAD);
                channel.close();
            }
        }
    }
}
