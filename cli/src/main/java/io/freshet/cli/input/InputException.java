package io.freshet.cli.input;

import java.io.IOException;
import java.nio.file.Path;

/** A failure to read a file. The message is one line that names the file and the problem. */
public final class InputException extends IOException {
    private static final long serialVersionUID = 1;

    public InputException(String message) {
        super(message);
    }

    InputException(Path file, String message) {
        super(StandardInput.name(file) + ": " + message);
    }

    InputException(Path file, String message, Throwable cause) {
        super(StandardInput.name(file) + ": " + message, cause);
    }
}
