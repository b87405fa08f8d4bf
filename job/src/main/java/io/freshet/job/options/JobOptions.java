package io.freshet.job.options;

import io.freshet.job.export.Export;
import io.freshet.job.registry.RegistryAddress;
import io.freshet.job.registry.RegistryClient;
import io.freshet.schemas.export.ExportFormat;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.history.TopicFormat;
import io.freshet.schemas.kafka.KafkaPropertiesFile;
import io.freshet.schemas.kafka.KafkaSettings;
import io.freshet.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All options of the job. Parsing them is separate from starting the job, so that other commands can check them. */
public final class JobOptions {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "<host:port>,...",
            required = true,
            defaultValue = "${env:FRESHET_BOOTSTRAP_SERVERS}",
            showDefaultValue = Visibility.NEVER,
            description = "Kafka brokers (default: $FRESHET_BOOTSTRAP_SERVERS).")
    private String bootstrapServers = "";

    @Option(names = "--prefix", paramLabel = "<prefix>", description = "Prefix of the topic names.")
    private String prefix = Topics.DEFAULT_PREFIX;

    @Option(names = "--samples", paramLabel = "<topic>", description = "Samples topic (default: <prefix>.samples).")
    private @Nullable String samples;

    @Option(
            names = "--start",
            paramLabel = "earliest|latest|committed|<time>",
            description =
                    "Where to start without a checkpoint. A time is compared with the timestamps of Kafka records:"
                            + " 2030-01-31T12:00:00Z, or 2030-01-31 for midnight UTC. The job catches up from there and keeps"
                            + " up.")
    private String start = "earliest";

    @Option(names = "--bounded", description = "Stop at the current end of the samples topic.")
    private boolean bounded;

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

    @Option(
            names = "--kafka",
            paramLabel = "<key>=<value>",
            description = "Setting for all Kafka clients, including TLS and SASL; also --kafka.<key>=<value>.")
    private Map<String, String> kafka = new LinkedHashMap<>();

    @Option(
            names = "--kafka-properties",
            paramLabel = "<file>",
            defaultValue = "${env:FRESHET_KAFKA_PROPERTIES}",
            showDefaultValue = Visibility.NEVER,
            description = "File of such settings, which --kafka overrides (default: $FRESHET_KAFKA_PROPERTIES).")
    private @Nullable Path propertiesFile;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * Checks every option.
     *
     * @throws ParameterException naming the first invalid option
     */
    public void check(Instant now) {
        checkpointInterval();
        startingOffsets(now);
        format(RegistryClient::waiting);
        export(RegistryClient::waiting);
        state();
        kafka();
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public Topics topics() {
        return samples == null ? Topics.of(prefix) : new Topics(prefix, samples);
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
        try {
            Map<String, String> settings = KafkaPropertiesFile.merge(propertiesFile, kafka);
            KafkaSettings.requireKnown(settings, kafkaSettings());
            return settings;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
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
        return state.settings(1);
    }

    /** Not a constant: every start of the command would load Kafka's settings, and with them the logging. */
    private static List<? extends Collection<String>> kafkaSettings() {
        return List.of(
                ConsumerConfig.configNames(),
                ProducerConfig.configNames(),
                AdminClientConfig.configNames(),
                List.of(
                        KafkaSourceOptions.CLIENT_ID_PREFIX.key(),
                        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
                        KafkaSourceOptions.REGISTER_KAFKA_CONSUMER_METRICS.key(),
                        KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key()));
    }
}
