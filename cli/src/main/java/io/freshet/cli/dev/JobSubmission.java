package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code flink run} command line of a job, which a command prints, or runs. */
final class JobSubmission {
    @Option(names = "--run", description = "Run the command line instead of printing it.")
    private boolean run;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec mixee;

    /**
     * Prints the command line without secrets, or runs it with them.
     *
     * @param mainClass of the job
     * @param options of the job, with its defaults
     */
    int submit(FlinkInstallation flink, String mainClass, Object options) throws CommandException, IOException {
        CommandLine command = mixee.commandLine();
        JobArguments arguments = JobArguments.of(command.getParseResult(), CommandSpec.forAnnotatedObject(options));
        if (run) {
            run(line(flink.command().toString(), mainClass, flink.builtJar(), arguments.values()));
            return 0;
        }
        command.getOut()
                .println(line(flink.printedCommand(), mainClass, flink.jar(), arguments.redacted()).stream()
                        .map(JobSubmission::quote)
                        .collect(Collectors.joining(" ")));
        if (arguments.hasSecrets()) {
            command.getErr().println("freshet: secrets are printed as **** (replace them, or use --run)");
        }
        return 0;
    }

    private static List<String> line(String flink, String mainClass, String jar, List<String> arguments) {
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
