package io.freshet.server;

/** An option of {@link ServerCommand} has an invalid value. The message is one line that names the option. */
public final class InvalidOptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    InvalidOptionException(String message, Exception cause) {
        super(message, cause);
    }
}
