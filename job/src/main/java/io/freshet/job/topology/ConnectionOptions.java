package io.freshet.job.topology;

import io.freshet.schemas.kafka.KafkaPropertiesFile;
import io.freshet.schemas.kafka.KafkaSettings;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that name the brokers and topics of a deployment, and settings of Kafka clients. */
public final class ConnectionOptions {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "<host:port>,...",
            defaultValue = "${env:FRESHET_BOOTSTRAP_SERVERS}",
            description = "Kafka brokers; required (default: $FRESHET_BOOTSTRAP_SERVERS).")
    private @Nullable String bootstrapServers;

    @Option(names = "--prefix", paramLabel = "<prefix>", description = "Prefix of the topic names (default: freshet).")
    private String prefix = Topics.DEFAULT_PREFIX;

    @Option(names = "--samples", paramLabel = "<topic>", description = "Samples topic (default: <prefix>.samples).")
    private @Nullable String samples;

    @Option(
            names = "--kafka",
            paramLabel = "<key>=<value>",
            description = "Setting for all Kafka clients, including TLS and SASL; also --kafka.<key>=<value>.")
    private Map<String, String> kafka = new LinkedHashMap<>();

    @Option(
            names = "--kafka-properties",
            paramLabel = "<file>",
            defaultValue = "${env:FRESHET_KAFKA_PROPERTIES}",
            description = "File of such settings, which --kafka overrides (default: $FRESHET_KAFKA_PROPERTIES).")
    private @Nullable Path propertiesFile;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * Returns the brokers. Not marked as required, since a command with subcommands would then require it of them too.
     *
     * @throws ParameterException if they are missing
     */
    public String bootstrapServers() {
        if (bootstrapServers == null) {
            throw new ParameterException(
                    command.commandLine(), "Missing required option: '--bootstrap-servers=<host:port>,...'");
        }
        return bootstrapServers;
    }

    public Topics topics() {
        return samples == null ? Topics.of(prefix) : new Topics(prefix, samples);
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
