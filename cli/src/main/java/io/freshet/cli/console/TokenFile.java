package io.freshet.cli.console;

import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file with the bearer token of a server. Messages never contain the token. */
public final class TokenFile {
    private TokenFile() {}

    /**
     * Returns the token, or null if there is no file.
     *
     * @throws InputException if the file cannot be read, or has no token
     */
    public static @Nullable String read(@Nullable Path file) throws InputException {
        if (file == null) {
            return null;
        }
        try {
            String token = Files.readString(file).strip();
            if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new InputException(file + ": not a token (expected: one line of printable ASCII)");
            }
            return token;
        } catch (InputException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": no such file");
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + e.getMessage());
        }
    }
}
