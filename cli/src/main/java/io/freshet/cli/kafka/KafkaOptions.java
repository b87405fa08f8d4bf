package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.schemas.kafka.KafkaFailure;
import io.freshet.schemas.kafka.KafkaPropertiesFile;
import io.freshet.schemas.kafka.KafkaSettings;
import io.freshet.schemas.kafka.Secrets;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that uses Kafka, and the clients configured by them. */
public final class KafkaOptions {
    private static final int CONNECT_MILLIS = 8_000;
    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1]):[0-9]+");

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "<host:port>,...",
            defaultValue = "${env:FRESHET_BOOTSTRAP_SERVERS:-localhost:9092}",
            description = "Kafka brokers (default: $FRESHET_BOOTSTRAP_SERVERS, or localhost:9092).")
    private String bootstrapServers = "";

    @Option(
            names = "--prefix",
            paramLabel = "<prefix>",
            description = "Prefix of the topic names (default: ${DEFAULT-VALUE}).")
    private String prefix = Topics.DEFAULT_PREFIX;

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
    private @Nullable CommandSpec command;

    /** Returns options without client settings. */
    public static KafkaOptions of(String bootstrapServers) {
        KafkaOptions options = new KafkaOptions();
        options.bootstrapServers = bootstrapServers;
        return options;
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * Returns the client settings that the user gave.
     *
     * @throws ParameterException if no brokers are given, the file cannot be read, or no client reads one of the settings
     */
    public Map<String, String> settings() {
        // Not a constant: every start of the command would load Kafka's settings, and with them the logging.
        List<Set<String>> clients =
                List.of(ConsumerConfig.configNames(), ProducerConfig.configNames(), AdminClientConfig.configNames());
        try {
            if (bootstrapServers.isBlank()) {
                throw new IllegalArgumentException(
                        "--bootstrap-servers: empty (expected: HOST:PORT, here or in $FRESHET_BOOTSTRAP_SERVERS)");
            }
            Map<String, String> settings = KafkaPropertiesFile.merge(propertiesFile, kafka);
            KafkaSettings.requireKnown(settings, clients);
            return settings;
        } catch (IllegalArgumentException e) {
            if (command == null) {
                throw e;
            }
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    /** Returns the file of client settings; null for none. */
    public @Nullable Path propertiesFile() {
        return propertiesFile;
    }

    public Topics topics(@Nullable String samples) {
        return samples == null ? Topics.of(prefix) : new Topics(prefix, samples);
    }

    /**
     * Returns an admin client, after the brokers have answered.
     *
     * @throws CommandException after {@value #CONNECT_MILLIS} ms without an answer, or immediately if the settings are invalid
     */
    public Admin connect() throws CommandException {
        Admin admin = client(() -> Admin.create(clientSettings()));
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(CONNECT_MILLIS))
                    .clusterId()
                    .get(CONNECT_MILLIS + 1_000L, TimeUnit.MILLISECONDS);
            return admin;
        } catch (ExecutionException e) {
            closeNow(admin);
            throw unreachable(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            closeNow(admin);
            throw unreachable(e);
        } catch (InterruptedException e) {
            closeNow(admin);
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    /**
     * Returns a producer that does not lose, duplicate, or reorder records. The user's settings take precedence over
     * {@code defaults}. Only one request is in flight, since on a topic just created, a second batch can overtake a
     * first one that is retried.
     */
    public KafkaProducer<byte[], byte[]> producer(Map<String, Object> defaults) throws CommandException {
        Map<String, Object> settings = clientSettings();
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("max.in.flight.requests.per.connection", "1");
        defaults.forEach(settings::putIfAbsent);
        return client(() -> new DeliveringProducer(settings));
    }

    /** Returns a consumer without a group, which creates no topics and reads only committed records. */
    public KafkaConsumer<byte[], byte[]> consumer() throws CommandException {
        Map<String, Object> settings = consumerSettings();
        return client(() -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    private Map<String, Object> consumerSettings() {
        Map<String, Object> settings = clientSettings();
        settings.put("allow.auto.create.topics", "false");
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "earliest");
        // A consumer that closes waits for the fetch in flight, which waits for the next record: half a second by
        // default.
        settings.putIfAbsent("fetch.max.wait.ms", "50");
        return settings;
    }

    /** Returns a consumer like {@link #consumer()}, but in a group, without automatic commits. */
    public KafkaConsumer<byte[], byte[]> consumer(String group) throws CommandException {
        Map<String, Object> settings = consumerSettings();
        settings.put("group.id", group);
        settings.put("enable.auto.commit", "false");
        return client(() -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    private Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>(settings());
        settings.put("bootstrap.servers", bootstrapServers);
        return settings;
    }

    private interface ClientFactory<C> {
        C create();
    }

    private <C> C client(ClientFactory<C> factory) throws CommandException {
        try {
            return factory.create();
        } catch (KafkaException e) {
            throw unreachable(e.getCause() instanceof KafkaException cause ? cause : e);
        }
    }

    /** Returns what to report if Kafka refuses an operation on a topic or another resource. */
    public CommandException failure(String what, Throwable cause) {
        return new CommandException(what + ": " + KafkaFailure.describe(cause, settings()), cause);
    }

    /** Returns why a command or a client failed, in one line. */
    public String reason(Exception e) {
        return e instanceof KafkaException ? KafkaFailure.describe(e, settings()) : String.valueOf(e.getMessage());
    }

    private CommandException unreachable(Throwable cause) {
        Map<String, String> settings = settings();
        boolean timedOut =
                cause instanceof TimeoutException || cause instanceof org.apache.kafka.common.errors.TimeoutException;
        String problem = timedOut
                ? "no answer within " + CONNECT_MILLIS / 1000 + " s"
                        + (settings.isEmpty() ? hint() : " (with " + Secrets.show(settings) + ")")
                : KafkaFailure.describe(cause, settings);
        return new CommandException("Kafka at " + bootstrapServers + ": " + problem, cause);
    }

    /** Names the command that starts a broker on this machine, if one is missing here. */
    private String hint() {
        boolean isLocal = Arrays.stream(bootstrapServers.split(","))
                .allMatch(broker -> LOOPBACK.matcher(broker.strip()).matches());
        return isLocal ? " (expected: a running broker; freshet dev starts one)" : "";
    }

    private static void closeNow(Admin admin) {
        admin.close(java.time.Duration.ZERO);
    }
}
