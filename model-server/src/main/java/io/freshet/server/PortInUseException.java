package io.freshet.server;

/** Another process listens on the server's port. */
public final class PortInUseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PortInUseException(String host, int port, Throwable cause) {
        super("port: " + host + ":" + port + " is in use (expected: a free one; choose another with --port)", cause);
    }
}
