package io.freshet.cli.predict;

import io.freshet.cli.input.InputException;
import io.freshet.cli.files.CommandFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for predictions of a server. */
final class ServerOptions {
    static final String SERVER = "--server";
    static final String TOKEN_FILE = "--token-file";

    @Option(
            names = SERVER,
            paramLabel = "<url>",
            description = "Address of the model server (default: ${DEFAULT-VALUE}).")
    private String server = "http://127.0.0.1:8000";

    @Option(names = TOKEN_FILE, paramLabel = "<file>", description = "File with the server's bearer token.")
    private @Nullable Path tokenFile;

    ModelClient client() throws InputException {
        return new ModelClient(server, token());
    }

    /** Returns the files that these options name. */
    CommandFiles files() throws IOException {
        return new CommandFiles().reads(TOKEN_FILE, tokenFile);
    }

    private @Nullable String token() throws InputException {
        if (tokenFile == null) {
            return null;
        }
        try {
            String token = Files.readString(tokenFile).strip();
            if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new InputException(tokenFile + ": not a token (expected: one line of printable ASCII)");
            }
            return token;
        } catch (InputException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new InputException(tokenFile + ": no such file");
        } catch (IOException e) {
            throw new InputException(tokenFile + ": cannot be read: " + e.getMessage());
        }
    }
}
