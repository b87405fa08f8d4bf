package io.freshet.server;

/** The port that the server should listen on belongs to another process. */
public final class PortInUseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PortInUseException(String host, int port, Throwable cause) {
        super("port: " + host + ":" + port + " is in use (expected: a free one; choose another with --port)", cause);
    }
}
