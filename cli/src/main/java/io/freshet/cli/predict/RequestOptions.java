package io.freshet.cli.predict;

import io.freshet.cli.console.StatusLine;
import io.freshet.cli.console.Terminal;
import io.freshet.cli.console.TokenFile;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for predictions of a server. */
final class RequestOptions {
    static final String SERVER = "--server";
    static final String TOKEN_FILE = "--token-file";

    @Option(
            names = SERVER,
            paramLabel = "<url>",
            defaultValue = "${env:FRESHET_SERVER:-http://127.0.0.1:8000}",
            description = "Address of the model server (default: $FRESHET_SERVER, or http://127.0.0.1:8000).")
    private String server = "";

    @Option(names = TOKEN_FILE, paramLabel = "<file>", description = "File with the server's bearer token.")
    private @Nullable Path tokenFile;

    /** @param err for progress while the server cannot answer yet */
    ModelClient client(PrintWriter err) throws InputException {
        return new ModelClient(
                server, TokenFile.read(tokenFile), new StatusLine(err, Terminal.isUsed()), System::nanoTime);
    }

    /** Returns the files that these options name. */
    CommandFiles files() throws IOException {
        return new CommandFiles().reads(TOKEN_FILE, tokenFile);
    }
}
