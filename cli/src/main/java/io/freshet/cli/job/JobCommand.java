package io.freshet.cli.job;

import io.freshet.cli.console.CommandException;
import io.freshet.job.options.JobOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the {@code flink run} command line of the job, or runs it. */
@Command(
        name = "job",
        showDefaultValues = true,
        description = {
            "Check all options and print the flink run command line that starts the job.",
            "Secrets are printed as ****. Uses $$FLINK_HOME/bin/flink if FLINK_HOME is set, or else flink on the PATH."
        })
public final class JobCommand implements Callable<Integer> {
    private static final String MAIN_CLASS = "io.freshet.job.FreshetJob";

    @Option(names = "--run", description = "Run the command line instead of printing it.")
    private boolean run;

    @Mixin
    private JobOptions options = new JobOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    private final FlinkInstallation flink;
    private final InstantSource clock;

    public JobCommand() {
        this(System.getenv(), Path.of(System.getProperty("freshet.home", "")), InstantSource.system());
    }

    JobCommand(Map<String, String> environment, Path home, InstantSource clock) {
        flink = new FlinkInstallation(environment, home);
        this.clock = clock;
    }

    @Override
    public Integer call() throws CommandException, IOException {
        options.check(clock.instant());
        JobArguments arguments = JobArguments.of(
                command.commandLine().getParseResult(), CommandSpec.forAnnotatedObject(new JobOptions()));
        if (run) {
            return run(line(flink.command().toString(), flink.builtJar(), arguments.values()));
        }
        command.commandLine()
                .getOut()
                .println(line(flink.printedCommand(), flink.jar(), arguments.redacted()).stream()
                        .map(JobCommand::quote)
                        .collect(Collectors.joining(" ")));
        if (arguments.hasSecrets()) {
            command.commandLine().getErr().println("freshet: secrets are printed as **** (replace them, or use --run)");
        }
        return 0;
    }

    private static List<String> line(String flink, String jar, List<String> arguments) {
        List<String> line = new ArrayList<>(List.of(flink, "run", "-d", "-c", MAIN_CLASS, jar));
        line.addAll(arguments);
        return line;
    }

    private static int run(List<String> line) throws CommandException, IOException {
        Process process = new ProcessBuilder(line).inheritIO().start();
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new CommandException("flink: exit code " + code + " (expected: 0)");
            }
            return 0;
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
