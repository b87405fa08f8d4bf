package io.freshet.cli.dev;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.job.topology.StateOptions;
import io.freshet.job.topology.StateSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that runs a broker, a job, and a server in this process. */
public final class StackOptions {
    private static final int MAXIMUM_PORT = 65_535;

    @Option(
            names = "--duration",
            paramLabel = "<duration>",
            description = "Stop after this time, such as 60s (default: run until Ctrl-C).")
    private @Nullable String duration;

    @Option(
            names = "--port",
            paramLabel = "<port>",
            description = "Port of the model server and its page, or 0 for a free one (default: 8000).")
    private @Nullable Integer port;

    @Mixin
    private StateOptions state = new StateOptions();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Returns the port of the server if it was given, or null. */
    public @Nullable Integer port() {
        return port;
    }

    /** @throws ParameterException if a value is invalid */
    public StateSettings state() {
        return state.settings();
    }

    /**
     * Returns the time to run; null for no end.
     *
     * @throws ParameterException if it is invalid
     */
    public @Nullable Duration duration() {
        if (duration == null) {
            return null;
        }
        try {
            Duration parsed = Duration.parse("PT" + duration.toUpperCase(Locale.ROOT));
            if (!parsed.isNegative() && !parsed.isZero()) {
                return parsed;
            }
        } catch (DateTimeParseException e) {
            // Reported below.
        }
        throw new ParameterException(
                command.commandLine(), "--duration: " + duration + " (expected: a duration such as 60s, 5m, or 1h)");
    }

    /**
     * Returns a port of loopback that nothing listens on. Fails early, since starting everything takes seconds.
     *
     * @param wanted 0 for any
     * @throws ParameterException if the port is out of range or in use
     */
    public int freePort(String option, int wanted) {
        require(command, wanted >= 0 && wanted <= MAXIMUM_PORT, option, wanted, "from 0 to " + MAXIMUM_PORT);
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new ParameterException(
                    command.commandLine(),
                    option + ": " + wanted + " (expected: a free port; this one is in use; 0 selects a free one)");
        }
    }
}
