package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.job.topology.JobOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the {@code flink run} command line of the job, or runs it. */
@Command(
        name = "job",
        subcommands = JoinCommand.class,
        description = {
            "Check all options and print the flink run command line that starts the job.",
            "Secrets are printed as ****. Uses $$FLINK_HOME/bin/flink if FLINK_HOME is set, or else flink on the PATH."
        },
        footer = {
            "Examples:",
            "  # Print the flink command, and then run it",
            "  freshet job --bootstrap-servers kafka:9092",
            "  freshet job --bootstrap-servers kafka:9092 --run",
            "  # Keep many keys on disk",
            "  freshet job --bootstrap-servers kafka:9092 --state-backend rocksdb --run"
        })
public final class JobCommand implements Callable<Integer> {
    private static final String MAIN_CLASS = "io.freshet.job.FreshetJob";

    @Mixin
    private JobSubmission submission = new JobSubmission();

    @Mixin
    private JobOptions options = new JobOptions();

    private final FlinkInstallation flink;
    private final InstantSource clock;

    public JobCommand() {
        this(System.getenv(), Path.of(System.getProperty("freshet.home", "")), InstantSource.system());
    }

    JobCommand(Map<String, String> environment, Path home, InstantSource clock) {
        flink = new FlinkInstallation(environment, home);
        this.clock = clock;
    }

    FlinkInstallation flink() {
        return flink;
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public Integer call() throws CommandException, IOException {
        options.check(clock.instant());
        return submission.submit(flink, MAIN_CLASS, new JobOptions());
    }
}
