package io.freshet.cli.dev;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.feed.FeedCommand;
import io.freshet.cli.input.SpecFiles;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.job.source.RegistryClient;
import io.freshet.job.topology.FormatOptions;
import io.freshet.job.topology.StateSettings;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything in this JVM for a user's own models, on fixed ports, and keeps it in a directory if one is given. */
@Command(
        name = "dev",
        description = {
            "Learn and serve your own models with Kafka, Flink, and the model server in one JVM.",
            "For development: one broker, one machine, and loopback only."
        },
        footer = {
            "Ctrl-C stops everything. Without --data, all files are deleted then.",
            "",
            "Examples:",
            "  # Learn a file, and serve the model",
            "  freshet dev --spec delays.yaml --input flights.csv",
            "  # Keep models and topics for the next run",
            "  freshet dev --spec delays.yaml --data state"
        })
public final class DevCommand implements Callable<Integer> {
    private static final int DEFAULT_KAFKA_PORT = 9092;
    private static final int MAXIMUM_PARTITIONS = 64;
    /** Kafka's rules, with room for the suffix of the dead letters, and without its internal topics. */
    private static final Pattern TOPIC = Pattern.compile("(?!__|\\.{1,2}$)[A-Za-z0-9._-]{1,245}");

    @Option(
            names = "--spec",
            paramLabel = "<file>",
            description = "Specification of a model to apply; may be repeated. Models of an earlier run in --data go on"
                    + " without it.")
    private List<Path> specFiles = new ArrayList<>();

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(
            names = "--data",
            paramLabel = "<directory>",
            description =
                    "Keep topics and checkpoints in this directory, and go on from them (default: a temporary one).")
    private @Nullable Path data;

    @Option(
            names = "--kafka-port",
            paramLabel = "<port>",
            description = "Port of the broker, or 0 for a free one (default: 9092).")
    private @Nullable Integer kafkaPort;

    @Option(names = "--samples", paramLabel = "<topic>", description = "Samples topic (default: freshet.samples).")
    private @Nullable String topic;

    @Option(names = "--partitions", paramLabel = "<n>", description = "Partitions of the samples topic (default: 1).")
    private @Nullable Integer partitions;

    @Mixin
    private StackOptions stack = new StackOptions();

    @Mixin
    private FormatOptions format = new FormatOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        Duration duration = stack.duration();
        requirePartitions(partitions == null ? 1 : partitions);
        require(
                command,
                topic == null || TOPIC.matcher(topic).matches() && !reserved().contains(topic),
                "--samples",
                topic,
                "up to 245 letters, digits, . _ -, neither . nor .. nor starting with __, and no topic that Freshet"
                        + " writes");
        require(command, !specFiles.contains(Path.of("-")), "--spec", "-", "a file");
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        List<ModelSpec> specs = SpecFiles.read(specFiles);
        OwnModels models = new OwnModels(specFiles, input.feedArguments(specs), FeedCommand.withoutSignals(), out, err);
        try (StackDirectory directory =
                data == null ? StackDirectory.temporary() : StackDirectory.open(data, "--data")) {
            DevSettings settings = settings(directory);
            // Before the directory keeps the format, and the models topic the specifications.
            Dev.requireAvro(
                    format.recorded(settings.topics().topics().samples()).format(), specs);
            directory.options().save();
            new Dev(settings, models, out, err).run(duration);
        }
        return 0;
    }

    private DevSettings settings(StackDirectory directory) throws IOException {
        KeptOptions kept = directory.options();
        StateSettings state = stack.state();
        String backend = kept.settle("--state-backend", state.backend(), "heap");
        Topics topics = Topics.of(Topics.DEFAULT_PREFIX);
        String samples = kept.settle("--samples", topic, topics.samples());
        kept.settle("--partitions", text(partitions), "1");
        int count = kept.number("--partitions", partitions, 1);
        requirePartitions(count);
        format.complete((option, given) -> kept(kept, option, given));
        format.format(RegistryClient::waiting);
        int serverPort = port(kept, "--port", stack.port(), ServerOptions.DEFAULT_PORT);
        int brokerPort = port(kept, "--kafka-port", kafkaPort, DEFAULT_KAFKA_PORT);
        require(command, brokerPort != serverPort, "--kafka-port", brokerPort, "another port than --port");
        return new DevSettings(
                directory,
                serverPort,
                brokerPort,
                new StackTopics(new Topics(Topics.DEFAULT_PREFIX, samples), count, null),
                format,
                new StateSettings(backend, state.learners()));
    }

    /** Returns the names of the other topics. */
    private static Set<String> reserved() {
        Topics topics = Topics.of(Topics.DEFAULT_PREFIX);
        return StackTopics.all(topics)
                .map(TopicPlan::name)
                .filter(name -> !name.equals(topics.samples()))
                .collect(Collectors.toSet());
    }

    private void requirePartitions(int count) {
        require(
                command,
                count >= 1 && count <= MAXIMUM_PARTITIONS,
                "--partitions",
                count,
                "from 1 to " + MAXIMUM_PARTITIONS);
    }

    /** Returns an option of the format, as it was given or kept; null for none. The format itself cannot change. */
    private static @Nullable String kept(KeptOptions kept, String option, @Nullable String given) throws IOException {
        if (option.equals(FormatOptions.FORMAT)) {
            return kept.settle(option, given, FormatOptions.AVRO);
        }
        String value = kept.recall(option, given, "");
        if (value.isEmpty()) {
            return null;
        }
        kept.keep(option, value);
        return value;
    }

    private int port(KeptOptions kept, String option, @Nullable Integer given, int initial) throws IOException {
        int wanted = kept.number(option, given, initial);
        int port = stack.freePort(option, wanted);
        kept.keep(option, Integer.toString(port));
        return port;
    }

    private static @Nullable String text(@Nullable Integer value) {
        return value == null ? null : value.toString();
    }
}
