package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.job.topology.JoinOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Prints the {@code flink run} command line of the join, or runs it. */
@Command(
        name = "join",
        description = {
            "Check all options and print the flink run command line that starts the join.",
            "It joins answers with outcomes, and writes samples to learn from. Secrets are printed as ****."
        },
        footer = {
            "Examples:",
            "  # Join the answers that servers log with outcomes",
            "  freshet job join --bootstrap-servers kafka:9092 --run"
        })
public final class JoinCommand implements Callable<Integer> {
    private static final String MAIN_CLASS = "io.freshet.job.FreshetJoin";

    @Mixin
    private JobSubmission submission = new JobSubmission();

    @Mixin
    private JoinOptions options = new JoinOptions();

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private JobCommand job;

    @Override
    public Integer call() throws CommandException, IOException {
        options.check(job.clock().instant());
        return submission.submit(job.flink(), MAIN_CLASS, new JoinOptions());
    }
}
