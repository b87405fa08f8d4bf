package io.freshet.cli.dev;

import io.freshet.job.topology.EnvironmentDefaults;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/**
 * Calls commands as a user would, with the same rules and messages, but without the defaults that come from environment
 * variables: those are for the user's own cluster.
 */
record CommandCall(PrintWriter out, PrintWriter err) {
    /** @throws Exception thrown by the command, or because it refuses an argument */
    void run(Callable<Integer> command, List<String> arguments) throws Exception {
        new CommandLine(command)
                .setOut(out)
                .setErr(err)
                .setDefaultValueProvider(new EnvironmentDefaults(Map.of()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments.toArray(String[]::new));
        try {
            command.call();
        } finally {
            out.flush();
            err.flush();
        }
    }
}
