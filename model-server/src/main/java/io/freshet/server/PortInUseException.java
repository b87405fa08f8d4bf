package io.freshet.server;

/** The server's port is in use by another process. */
public final class PortInUseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PortInUseException(String host, int port, Throwable cause) {
        super("port: " + host + ":" + port + " is in use (expected: a free one; choose another with --port)", cause);
    }
}
