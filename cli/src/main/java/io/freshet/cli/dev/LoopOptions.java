package io.freshet.cli.dev;

import io.freshet.cli.console.TokenFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of the demo of the loop. */
final class LoopOptions {
    @Option(
            names = "--loop",
            description =
                    "Ask about each flight when it departs, report its outcome when it lands, and learn from both.")
    private boolean loop;

    @Option(
            names = "--server",
            paramLabel = "<url>",
            description = "With --loop: fly for a model server that runs already, instead of starting everything.")
    private @Nullable String server;

    @Option(
            names = "--token-file",
            paramLabel = "<file>",
            description = "With --server: file with the bearer token of the server.")
    private @Nullable Path tokenFile;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** @throws ParameterException if an option lacks the one that it belongs to */
    boolean isGiven() {
        require(server == null || loop, "--server: given (expected: only with --loop)");
        require(tokenFile == null || server != null, "--token-file: given (expected: only with --server)");
        require(
                server == null || server.matches("https?://[^/\\s]+"),
                "--server: " + server + " (expected: http://host:port)");
        return loop;
    }

    boolean isElsewhere() {
        return server != null;
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), message);
        }
    }

    /**
     * Flies for a server that runs elsewhere, until the thread is interrupted.
     *
     * @param duration after which to stop; null for no end
     */
    void fly(int rate, @Nullable Duration duration, LoopMoments moments) throws Exception {
        FlightDesk desk = FlightDesk.at(String.valueOf(server), TokenFile.read(tokenFile));
        PrintWriter out = command.commandLine().getOut();
        try (StackDirectory directory = StackDirectory.temporaryWithHook();
                FlightFile flights =
                        new FlightFile(Examples.copy("flights.csv.gz", directory.path()), Flight.LAYOUT, notice -> {
                            out.println(notice);
                            out.flush();
                        })) {
            new FlightLoop(desk, rate, moments)
                    .run(flights, duration == null ? Long.MAX_VALUE : duration.toMillis() + System.currentTimeMillis());
        }
    }
}
