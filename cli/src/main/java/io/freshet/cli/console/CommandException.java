package io.freshet.cli.console;

import org.jspecify.annotations.Nullable;

/** A command that could not do what it was asked for: its message is one line for the user. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
