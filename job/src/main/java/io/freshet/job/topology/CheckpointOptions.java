package io.freshet.job.topology;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the checkpoints of a job. */
public final class CheckpointOptions {
    @Option(
            names = "--checkpoint-interval",
            paramLabel = "<duration>",
            description = "Time between checkpoints, such as 10s or 1m, unless the cluster's configuration sets one"
                    + " (default: 10s).")
    private String checkpointInterval = "10s";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** @throws ParameterException if the interval is invalid */
    public Duration checkpointInterval() {
        try {
            Duration duration = Duration.parse("PT" + checkpointInterval);
            if (duration.toMillis() >= 10) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // Reported below.
        }
        throw new ParameterException(
                command.commandLine(),
                "--checkpoint-interval: " + checkpointInterval + " (expected: at least 0.01s, such as 10s or 1m)");
    }
}
