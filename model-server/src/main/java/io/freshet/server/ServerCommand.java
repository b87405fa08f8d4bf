package io.freshet.server;

import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.KafkaPropertiesFile;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.configuration.EffectiveOptions;
import io.freshet.server.http.Limits;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Starts a model server and runs until the process is terminated.
 *
 * <p>{@link ModelServerMain} runs it as a program; the {@code freshet} command includes it as a subcommand.
 */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        versionProvider = ServerCommand.Version.class,
        sortOptions = false,
        description = "Serve models over the Open Inference Protocol.",
        footer = {
            "Examples:",
            "  freshet server --bootstrap-servers kafka:9092",
            "  # Log answers and accept outcomes, for the join",
            "  freshet server --bootstrap-servers kafka:9092 --log-answers \\",
            "      --log-answers-fields all --feedback"
        })
public final class ServerCommand implements Callable<Integer> {
    private static final String CONFIG_VARIABLE = "FRESHET_CONFIG";
    private static final String CONFIG = "--config";
    private static final String PRINT_CONFIG = "--print-config";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(
            names = CONFIG,
            paramLabel = "<file>",
            description =
                    "YAML file with options, such as maxRows: 1000 for --max-rows. The command line, and variables"
                            + " such as FRESHET_MAX_ROWS, take precedence (default: $FRESHET_CONFIG).")
    private @Nullable Path config;

    @Option(
            names = PRINT_CONFIG,
            description = "Print the effective options as YAML, with the source of each and without secrets, and exit.")
    private boolean printConfig;

    @Option(names = "--bootstrap-servers", paramLabel = "<host:port>,...", description = "Kafka brokers; required.")
    private String bootstrapServers = "";

    @Option(
            names = "--prefix",
            defaultValue = Topics.DEFAULT_PREFIX,
            paramLabel = "<prefix>",
            description =
                    "Prefix of the topics to read: <prefix>.parameters, <prefix>.parameters-committed (if it exists), and"
                            + " <prefix>.metrics (default: ${DEFAULT-VALUE}).")
    private String prefix = "";

    @Option(
            names = "--host",
            defaultValue = ServerOptions.DEFAULT_HOST,
            paramLabel = "<address>",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(
            names = "--port",
            defaultValue = "" + ServerOptions.DEFAULT_PORT,
            paramLabel = "<port>",
            description = "Port to listen on; 0 for any free port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Mixin
    private SecurityOptions security = new SecurityOptions();

    @Option(
            names = "--max-rows",
            defaultValue = "" + ServerOptions.DEFAULT_MAXIMUM_ROWS,
            paramLabel = "<n>",
            description = "Maximum number of rows in a request (default: ${DEFAULT-VALUE}).")
    private int maximumRows;

    @Option(
            names = "--max-body-bytes",
            defaultValue = "" + ServerOptions.DEFAULT_MAXIMUM_BODY_BYTES,
            paramLabel = "<n>",
            description = "Maximum size of a request body, in bytes (default: ${DEFAULT-VALUE}).")
    private int maximumBodyBytes;

    @Mixin
    private ServingOptions serving = new ServingOptions();

    @Mixin
    private WritingOptions writing = new WritingOptions();

    @Option(names = "--flink-url", paramLabel = "<url>", description = "URL of Flink's web UI; the page links to it.")
    private @Nullable String flinkUrl;

    @Mixin
    private LogOptions log = new LogOptions();

    @Option(
            names = "--kafka",
            paramLabel = "<key>=<value>",
            description = "Setting for all Kafka clients, including TLS and SASL; also --kafka.<key>=<value>.")
    private Map<String, String> kafka = new LinkedHashMap<>();

    @Option(
            names = "--kafka-properties",
            paramLabel = "<file>",
            description = "File of such settings, which --kafka overrides.")
    private @Nullable Path kafkaProperties;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> environment = System.getenv();
        EffectiveOptions effective = effective(environment);
        ServerCommand complete = complete(effective);
        complete.log.apply();
        ServerOptions options = complete.options(effective, environment);
        if (printConfig) {
            command.commandLine().getOut().print(effective.yaml());
            command.commandLine().getOut().flush();
            return CommandLine.ExitCode.OK;
        }
        ModelServer server = start(effective, options);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            stopped.countDown();
        }));
        stopped.await();
        return CommandLine.ExitCode.OK;
    }

    private static ModelServer start(EffectiveOptions effective, ServerOptions options) {
        try {
            return ModelServer.start(options);
        } catch (PortInUseException | IllegalArgumentException e) {
            throw new InvalidOptionException(effective.explain(String.valueOf(e.getMessage())), e);
        }
    }

    /** Returns the options from the command line, the environment, and the file. */
    ServerOptions options(Map<String, String> environment) {
        EffectiveOptions effective = effective(environment);
        return complete(effective).options(effective, environment);
    }

    private EffectiveOptions effective(Map<String, String> environment) {
        String named = environment.getOrDefault(CONFIG_VARIABLE, "");
        Path file = config == null && !named.isEmpty() ? Path.of(named) : config;
        try {
            return EffectiveOptions.of(command, Set.of(CONFIG, PRINT_CONFIG), environment, file);
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns a command with the effective options. */
    private static ServerCommand complete(EffectiveOptions effective) {
        ServerCommand complete = new ServerCommand();
        try {
            new CommandLine(complete).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(effective.arguments());
            return complete;
        } catch (CommandLine.ParameterException e) {
            throw new InvalidOptionException(effective.explain(e), e);
        }
    }

    private ServerOptions options(EffectiveOptions effective, Map<String, String> environment) {
        try {
            return toOptions(environment);
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(effective.explain(String.valueOf(e.getMessage())), e);
        }
    }

    private ServerOptions toOptions(Map<String, String> environment) {
        if (bootstrapServers.isEmpty()) {
            throw new IllegalArgumentException("bootstrapServers: missing (expected: host:port,...)");
        }
        return new ServerOptions(
                new ServerOptions.Kafka(bootstrapServers, prefix, KafkaPropertiesFile.merge(kafkaProperties, kafka)),
                new ServerOptions.Endpoint(
                        host, port, security.tokens(environment), security.tls(), security.allowedHosts()),
                Limits.of(maximumRows, maximumBodyBytes),
                serving.options(),
                writing.options(Topics.of(prefix)),
                flinkUrl);
    }

    /** The version that {@code --version} prints. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"freshet " + FreshetVersion.VERSION};
        }
    }
}
