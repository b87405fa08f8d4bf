package io.freshet.cli.console;

import org.jspecify.annotations.Nullable;

/** A failure of a command, with a one-line message for the user. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
