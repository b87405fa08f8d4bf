package io.freshet.job.topology;

import io.freshet.job.publish.Export;
import io.freshet.job.source.RegistryAddress;
import io.freshet.job.source.RegistryClient;
import io.freshet.schemas.avro.ExportFormat;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.TopicFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All options of the job. Parsing them is separate from starting the job, so that other commands can check them. */
public final class JobOptions {
    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--start",
            paramLabel = "earliest|latest|committed|<time>",
            description =
                    "Where to start without a checkpoint. A time is compared with the timestamps of Kafka records:"
                            + " 2030-01-31T12:00:00Z, or 2030-01-31 for midnight UTC. The job catches up from there and"
                            + " keeps up (default: earliest).")
    private String start = "earliest";

    @Option(names = "--bounded", description = "Stop at the current end of the samples topic.")
    private boolean bounded;

    @Mixin
    private CheckpointOptions checkpoints = new CheckpointOptions();

    @Option(
            names = "--resume",
            paramLabel = "<directory>",
            defaultValue = "${env:FRESHET_RESUME}",
            description =
                    "Resume from the newest intact checkpoint in this directory, the job's execution.checkpointing.dir;"
                            + " from --start if there is no checkpoint (default: $FRESHET_RESUME).")
    private @Nullable String resume;

    @Mixin
    private StateOptions state = new StateOptions();

    @Mixin
    private FormatOptions format = new FormatOptions();

    @Option(
            names = "--export",
            paramLabel = "json|confluent",
            description = "Also write metrics and history in this format, to <prefix>.metrics-json and"
                    + " <prefix>.history-json, or -confluent with --schema-registry, for Kafka Connect and ksqlDB.")
    private @Nullable String export;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * Checks every option.
     *
     * @throws ParameterException naming the first invalid option
     */
    public void check(Instant now) {
        bootstrapServers();
        checkpointInterval();
        startingOffsets(now);
        format(RegistryClient::waiting);
        export(RegistryClient::waiting);
        state();
        kafka();
    }

    public String bootstrapServers() {
        return connection.bootstrapServers();
    }

    public Topics topics() {
        return connection.topics();
    }

    /** Returns whether the job stops at the current end of the topic. */
    public boolean bounded() {
        return bounded;
    }

    /** Returns the checkpoint directory to resume from, or null. */
    public @Nullable String resume() {
        return resume;
    }

    /**
     * Returns the settings of every Kafka client.
     *
     * @throws ParameterException if the file cannot be read, or neither a client nor Flink's connector reads a setting
     */
    public Map<String, String> kafka() {
        return connection.kafka();
    }

    /** @throws ParameterException if the interval is invalid */
    public Duration checkpointInterval() {
        return checkpoints.checkpointInterval();
    }

    /**
     * @param now the latest time to start from
     * @throws ParameterException if the starting point is invalid
     */
    public OffsetsInitializer startingOffsets(Instant now) {
        try {
            return StartingPoint.parse(start, now);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--start: " + e.getMessage(), e);
        }
    }

    /**
     * @param client creates the client of the schema registry, if one is needed
     * @throws ParameterException if the options contradict each other
     */
    public RecordFormat format(Function<RegistryAddress, RegistryClient> client) {
        return format.format(client);
    }

    /**
     * Returns the format of the copies of metrics and history, or null for none.
     *
     * @param client creates the client of the schema registry, if one is needed
     * @throws ParameterException if the format is unknown or the registry is missing
     */
    public @Nullable Export export(Function<RegistryAddress, RegistryClient> client) {
        if (export == null) {
            return null;
        }
        try {
            return switch (ExportFormat.of(export)) {
                case JSON -> new Export.Json();
                case CONFLUENT -> new Export.Confluent(client.apply(format.address()));
            };
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--export: " + e.getMessage(), e);
        }
    }

    /** Returns the format to record for the samples topic, without credentials. */
    public TopicFormat recordedFormat() {
        return format.recorded(topics().samples());
    }

    /** @throws ParameterException if a setting is invalid */
    public StateSettings state() {
        return state.settings();
    }
}
