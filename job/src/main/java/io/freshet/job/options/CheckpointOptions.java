package io.freshet.job.options;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the checkpoints of a job. */
public final class CheckpointOptions {
    @Option(
            names = "--checkpoint-interval",
            paramLabel = "<duration>",
            description = "Time between checkpoints, such as 10s or 1m, unless the cluster's configuration sets one.")
    private String checkpointInterval = "10s";

    @Option(
            names = "--resume",
            paramLabel = "<directory>",
            defaultValue = "${env:FRESHET_RESUME}",
            showDefaultValue = Visibility.NEVER,
            description =
                    "Resume from the newest intact checkpoint in this directory, the job's execution.checkpointing.dir;"
                            + " from --start if there is no checkpoint (default: $FRESHET_RESUME).")
    private @Nullable String resume;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Returns the checkpoint directory to resume from, or null. */
    public @Nullable String resume() {
        return resume;
    }

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
