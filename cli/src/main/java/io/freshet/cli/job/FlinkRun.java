package io.freshet.cli.job;

import io.freshet.cli.console.CommandException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * The {@code flink run} command line of a job.
 *
 * @param mainClass of the job
 */
record FlinkRun(FlinkInstallation flink, String mainClass) {
    /** Prints the command line without secrets, or runs it with them. */
    void start(CommandLine command, JobArguments arguments, boolean run) throws CommandException, IOException {
        if (run) {
            run(line(flink.command().toString(), flink.builtJar(), arguments.values()));
            return;
        }
        command.getOut()
                .println(line(flink.printedCommand(), flink.jar(), arguments.redacted()).stream()
                        .map(FlinkRun::quote)
                        .collect(Collectors.joining(" ")));
        if (arguments.hasSecrets()) {
            command.getErr().println("freshet: secrets are printed as **** (replace them, or use --run)");
        }
    }

    private List<String> line(String flink, String jar, List<String> arguments) {
        List<String> line = new ArrayList<>(List.of(flink, "run", "-d", "-c", mainClass, jar));
        line.addAll(arguments);
        return line;
    }

    private static void run(List<String> line) throws CommandException, IOException {
        Process process = new ProcessBuilder(line).inheritIO().start();
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new CommandException("flink: exit code " + code + " (expected: 0)");
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    /** Quotes a word for a POSIX shell, but not a jar pattern, which the shell expands. */
    private static String quote(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./*-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
