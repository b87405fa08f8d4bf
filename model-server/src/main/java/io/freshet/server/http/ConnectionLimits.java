package io.freshet.server.http;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Limits on connections.
 *
 * @param open maximum open connections
 * @param requestTime how long the head of a request may take to arrive, and then its body; also a handshake of TLS
 * @param idleTime after which a connection is closed on which nothing arrives and nothing is sent
 */
public record ConnectionLimits(int open, Duration requestTime, Duration idleTime) {
    /** Maximum size of a request line, or of the path over HTTP/2. */
    public static final int LINE_BYTES = 4 * 1024;
    /** Maximum size of all headers of a request. */
    public static final int HEADER_BYTES = 16 * 1024;
    /** What a header needs in memory beside its name and value, by the definition of HTTP/2. */
    public static final int FIELD_BYTES = 32;
    /** Maximum number of headers of a request over HTTP/1, as their bytes also limit it over HTTP/2. */
    static final int HEADERS = HEADER_BYTES / FIELD_BYTES;

    private static final int OPEN = 10_000;
    /** At least 0.4 MB/s for a body of 4 MiB. */
    private static final Duration REQUEST_TIME = Duration.ofSeconds(10);

    private static final Duration IDLE_TIME = Duration.ofSeconds(120);
    /** Over HTTP/2, larger headers are rejected with a message, and still larger ones end the connection. */
    private static final int REFUSED_HEADER_BYTES = 2 * HEADER_BYTES;
    /** Requests in flight per HTTP/2 connection. HTTP/1 connections have one. */
    static final int MAXIMUM_STREAMS = 64;

    /** The limits of a server. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(OPEN, REQUEST_TIME, IDLE_TIME);

    /** Returns limits with the default idle time. */
    public static ConnectionLimits of(int open, Duration requestTime) {
        return new ConnectionLimits(open, requestTime, IDLE_TIME);
    }

    /** Sets the limits that Vert.x enforces. */
    HttpServerOptions set(HttpServerOptions http) {
        http.setIdleTimeout((int) idleTime.toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        http.setSslHandshakeTimeout(requestTime.toMillis()).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        return http.setMaxInitialLineLength(LINE_BYTES)
                .setMaxHeaderSize(HEADER_BYTES)
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(MAXIMUM_STREAMS)
                        .setMaxHeaderListSize(REFUSED_HEADER_BYTES));
    }
}
