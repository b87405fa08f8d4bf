package io.freshet.cli.demo;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.job.options.StateOptions;
import io.freshet.job.options.StateSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything in this JVM: a stream of flights, two models that learn from it, and a model server. */
@Command(
        name = "demo",
        description = "Train models on a stream of flights and serve them meanwhile, in one JVM, without Docker.",
        footer = "Ctrl-C stops everything and deletes all files.")
public final class DemoCommand implements Callable<Integer> {
    private static final int MAXIMUM_REPLICAS = 64;

    @Option(
            names = "--duration",
            paramLabel = "<duration>",
            description = "Stop after this time, such as 60s (default: run until Ctrl-C).")
    private @Nullable String duration;

    @Option(
            names = "--port",
            paramLabel = "<port>",
            description = "Port of the model server (default: ${DEFAULT-VALUE}).")
    private int port = 8000;

    @Option(names = "--rate", paramLabel = "<n>", description = "Flights per second (default: ${DEFAULT-VALUE}).")
    private int rate = 1500;

    @Option(
            names = "--replicas",
            paramLabel = "<n>",
            description =
                    "Replicas that learn the model without a key together, on a samples topic with a partition for"
                            + " each (default: one learner).")
    private @Nullable Integer replicas;

    @Option(names = "--no-browser", description = "Do not open the page in a browser.")
    private boolean noBrowser;

    @Mixin
    private StateOptions state = new StateOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        Duration runTime = duration == null ? null : parseDuration(duration);
        require(command, port >= 1 && port <= 65535, "--port", port, "from 1 to 65535");
        require(command, rate >= 1 && rate <= 1_000_000, "--rate", rate, "from 1 to 1000000");
        int count = replicas == null ? 0 : replicas;
        require(
                command,
                replicas == null || count >= 1 && count <= MAXIMUM_REPLICAS,
                "--replicas",
                count,
                "from 1 to " + MAXIMUM_REPLICAS);
        StateSettings stateSettings = state.settings(1);
        requireFree(port);
        PrintWriter out = command.commandLine().getOut();
        new Demo(port, rate, count, !noBrowser, stateSettings, out).run(runTime);
        return 0;
    }

    /** Fails early if the port is in use, since starting everything takes seconds. */
    private void requireFree(int wanted) {
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            socket.setReuseAddress(true);
        } catch (IOException e) {
            require(command, false, "--port", wanted, "a free port; this one is in use");
        }
    }

    private Duration parseDuration(String text) {
        try {
            Duration parsed = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            if (!parsed.isNegative() && !parsed.isZero()) {
                return parsed;
            }
        } catch (DateTimeParseException e) {
            // Reported below.
        }
        require(command, false, "--duration", text, "a duration such as 60s, 5m, or 1h");
        return Duration.ZERO;
    }
}
