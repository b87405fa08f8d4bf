package io.freshet.server;

import io.freshet.learning.yaml.Durations;
import io.freshet.schemas.FreshetVersion;
import io.freshet.schemas.topic.Topics;
import io.freshet.server.gate.Gate;
import io.freshet.server.http.Limits;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
        description = "Serve models over the Open Inference Protocol.")
public final class ServerCommand implements Callable<Integer> {
    private static final String TOKEN_VARIABLE = "FRESHET_TOKEN";

    @Option(
            names = "--bootstrap-servers",
            required = true,
            defaultValue = "${env:FRESHET_BOOTSTRAP_SERVERS}",
            paramLabel = "<host:port>,...",
            description = "Kafka brokers (default: $FRESHET_BOOTSTRAP_SERVERS).")
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

    @Option(
            names = "--token-file",
            paramLabel = "<file>",
            description = "File with the bearer token that requests must send; or set FRESHET_TOKEN to the token.")
    private @Nullable Path tokenFile;

    @Option(names = "--tls-certificate", paramLabel = "<file>", description = "Certificate chain, PEM.")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "<file>", description = "Private key, PKCS #8, PEM.")
    private @Nullable Path tlsKey;

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

    @Option(
            names = "--unknown-keys",
            defaultValue = "error",
            paramLabel = "parent|zero|error",
            converter = UnknownKeysConverter.class,
            description =
                    "What predicts a row whose key has no model: the model of --parent, parameters of 0, or nothing,"
                            + " with the reason in the response (default: ${DEFAULT-VALUE}).")
    private UnknownKeys unknownKeys = UnknownKeys.ERROR;

    @Option(
            names = "--parent",
            paramLabel = "<model>=<model>",
            description =
                    "For a model with a key, the model without one that predicts its unknown keys; may be repeated.")
    private Map<String, String> parents = new LinkedHashMap<>();

    @Option(
            names = "--keep-versions",
            defaultValue = "10",
            paramLabel = "<n>",
            description = "Number of older versions of each model and key to keep for requests that name them"
                    + " (default: ${DEFAULT-VALUE}).")
    private int keepVersions;

    @Option(
            names = "--versions-memory",
            defaultValue = "256MB",
            paramLabel = "<size>",
            converter = ByteSize.class,
            description = "Memory for the older versions of all models; over it, the oldest are dropped"
                    + " (default: ${DEFAULT-VALUE}).")
    private long versionsMemory;

    @Option(
            names = "--max-staleness",
            paramLabel = "<duration>",
            converter = StalenessConverter.class,
            description = "Age of a model beyond which the server is not ready, such as 30s (default: no limit).")
    private @Nullable Duration maximumStaleness;

    @Option(
            names = "--gate",
            paramLabel = "<gate>",
            converter = GateConverter.class,
            description =
                    "A condition that snapshots must meet to be served, on how the last samples were predicted, such"
                            + " as ctr:loss<=0.7 or ctr:accuracy>=0.6; may be repeated.")
    private List<Gate> gates = new ArrayList<>();

    @Option(
            names = "--learn",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "<topic>",
            description = "Accept labeled rows at POST /v2/models/MODEL/learn, and write them to the samples topic"
                    + " (default of <topic>: <prefix>.samples). Without a token, only on a loopback address.")
    private @Nullable String learn;

    @Option(
            names = "--log-answers",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "<topic>",
            description = "Log predictions to a topic, as JSON (default of <topic>: <prefix>.answers).")
    private @Nullable String logAnswers;

    @Option(
            names = "--log-answers-sample",
            defaultValue = "1",
            paramLabel = "<share>",
            description = "Share of the request or row ids whose predictions are logged (default: ${DEFAULT-VALUE}).")
    private double logAnswersSample;

    @Option(names = "--flink-url", paramLabel = "<url>", description = "URL of Flink's web UI; the page links to it.")
    private @Nullable String flinkUrl;

    @Option(
            names = "--kafka",
            paramLabel = "<key>=<value>",
            description = "Setting for all Kafka clients, including TLS and SASL; also --kafka.<key>=<value>.")
    private Map<String, String> kafka = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        ModelServer server = ModelServer.start(validOptions());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            stopped.countDown();
        }));
        stopped.await();
        return CommandLine.ExitCode.OK;
    }

    private ServerOptions validOptions() throws IOException {
        try {
            return options(System.getenv());
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(e);
        }
    }

    /** Returns the options from the command line and the environment. */
    ServerOptions options(Map<String, String> environment) throws IOException {
        if ((tlsCertificate == null) != (tlsKey == null)) {
            throw new IllegalArgumentException(
                    (tlsKey == null ? "--tls-key" : "--tls-certificate") + ": missing (expected: both or neither)");
        }
        ServerOptions.Tls tls = tlsCertificate == null || tlsKey == null
                ? null
                : new ServerOptions.Tls(readable("--tls-certificate", tlsCertificate), readable("--tls-key", tlsKey));
        String token = token(environment);
        try {
            return new ServerOptions(
                    bootstrapServers,
                    prefix,
                    new ServerOptions.Endpoint(host, port, token, tls),
                    Limits.of(maximumRows, maximumBodyBytes),
                    new ServerOptions.Serving(
                            unknownKeys,
                            parents,
                            new VersionLimits(keepVersions, versionsMemory),
                            maximumStaleness,
                            gates),
                    new ServerOptions.Writing(
                            "".equals(learn) ? Topics.of(prefix).samples() : learn, answers()),
                    flinkUrl,
                    kafka);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(withOptionName(String.valueOf(e.getMessage())), e);
        }
    }

    /** Replaces the field name at the start of a message of {@link ServerOptions} by the command-line option. */
    private String withOptionName(String message) {
        String name = message.substring(0, Math.max(0, message.indexOf(':')));
        String typed = switch (name) {
            case "bootstrapServers" -> "--bootstrap-servers";
            case "prefix" -> "--prefix";
            case "port" -> "--port";
            case "token" -> tokenFile == null ? TOKEN_VARIABLE : "--token-file";
            case "maximumRows" -> "--max-rows";
            case "maximumBodyBytes" -> "--max-body-bytes";
            case "keepVersions" -> "--keep-versions";
            case "learn" -> "--learn";
            case "logAnswers" -> "--log-answers";
            case "logAnswersSample" -> "--log-answers-sample";
            case "flinkUrl" -> "--flink-url";
            default -> name;
        };
        return typed + message.substring(name.length());
    }

    private ServerOptions.@Nullable Answers answers() {
        return logAnswers == null
                ? null
                : new ServerOptions.Answers(
                        logAnswers.isEmpty() ? Topics.of(prefix).answers() : logAnswers, logAnswersSample);
    }

    private @Nullable String token(Map<String, String> environment) throws IOException {
        String token = tokenFile == null
                ? environment.get(TOKEN_VARIABLE)
                : Files.readString(readable("--token-file", tokenFile), StandardCharsets.UTF_8);
        return token == null ? null : token.strip();
    }

    private static Path readable(String option, Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(option + ": " + file + " (expected: a readable file)");
        }
        return file;
    }

    static final class UnknownKeysConverter implements CommandLine.ITypeConverter<UnknownKeys> {
        @Override
        public UnknownKeys convert(String value) {
            return UnknownKeys.of(value)
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            "--unknown-keys: " + value + " (expected: one of " + UnknownKeys.NAMES + ")"));
        }
    }

    static final class StalenessConverter implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Duration.ofMillis(Durations.millis("--max-staleness", value));
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    static final class GateConverter implements CommandLine.ITypeConverter<Gate> {
        @Override
        public Gate convert(String value) {
            try {
                return Gate.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException("--gate: " + e.getMessage());
            }
        }
    }

    /** The version that {@code --version} prints. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"freshet " + FreshetVersion.VERSION};
        }
    }
}
