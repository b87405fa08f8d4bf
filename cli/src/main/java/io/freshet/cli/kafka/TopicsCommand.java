package io.freshet.cli.kafka;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.Table;
import io.freshet.cli.kafka.TopicAdmin.Found;
import io.freshet.schemas.avro.ExportFormat;
import io.freshet.schemas.kafka.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Creates and lists the topics of a deployment. */
@Command(
        name = "topics",
        description = "Create and list the topics of a deployment.",
        subcommands = {TopicsCommand.Create.class, TopicsCommand.ListTopics.class},
        footer = {"Examples:", "  freshet topics create --partitions 8", "  freshet topics list"})
public final class TopicsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "topics: no command (expected: create or list)");
    }

    /** The options of both subcommands. */
    static final class TopicOptions {
        @Mixin
        private KafkaOptions kafka = new KafkaOptions();

        @Option(names = "--samples", paramLabel = "<topic>", description = "Samples topic (default: <prefix>.samples).")
        private @Nullable String samples;

        @Option(
                names = "--export",
                paramLabel = "json|confluent",
                description = "Include the topics of a job with --export: <prefix>.metrics-json and"
                        + " <prefix>.history-json, or -confluent.")
        private @Nullable String export;

        @Option(
                names = "--log-answers",
                description = "Include the topic of a server with --log-answers: <prefix>.answers.")
        private boolean answers;

        @Option(
                names = "--loop",
                description = "Include the topics that the join of answers with outcomes needs: <prefix>.answers,"
                        + " <prefix>.outcomes, and <prefix>.unjoined.")
        private boolean loop;

        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init")
        private CommandSpec command;

        List<TopicPlan> plans(int partitions) {
            Topics topics = kafka.topics(samples);
            List<TopicPlan> plans = new ArrayList<>(TopicPlan.of(topics, partitions));
            if (export != null) {
                try {
                    plans.addAll(TopicPlan.exports(topics, partitions, ExportFormat.of(export)));
                } catch (IllegalArgumentException e) {
                    throw new ParameterException(command.commandLine(), "--export: " + e.getMessage(), e);
                }
            }
            if (loop) {
                plans.addAll(TopicPlan.loop(topics, partitions));
            } else if (answers) {
                plans.add(TopicPlan.answers(topics, partitions));
            }
            return plans;
        }
    }

    /** Creates missing topics. */
    @Command(
            name = "create",
            description = "Create missing topics; leave existing ones unchanged.",
            footer = {
                "Examples:",
                "  # Create the topics of a model that learns from outcomes too",
                "  freshet topics create --partitions 8 --loop"
            })
    static final class Create implements Callable<Integer> {
        private static final int DEFAULT_PARTITIONS = 4;

        @Mixin
        private TopicOptions options = new TopicOptions();

        @Mixin
        private Output output = new Output();

        @Option(
                names = "--partitions",
                paramLabel = "<n>",
                description =
                        "Partitions of the samples and parameters topics; if given, existing topics must have as many"
                                + " (default: 4).")
        private @Nullable Integer requested;

        @Option(
                names = "--replication-factor",
                paramLabel = "<n>",
                description = "Copies of each partition (default: the brokers' default).")
        private int replicationFactor = -1;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws CommandException {
            int partitions = requested == null ? DEFAULT_PARTITIONS : requested;
            require(spec, partitions >= 1 && partitions <= 10_000, "--partitions", partitions, "1 to 10000");
            require(
                    spec,
                    replicationFactor == -1 || (replicationFactor >= 1 && replicationFactor <= 100),
                    "--replication-factor",
                    replicationFactor,
                    "1 to 100");
            List<TopicPlan> plans = options.plans(partitions);
            try (TopicAdmin admin = new TopicAdmin(options.kafka)) {
                Map<String, Found> found =
                        admin.find(plans.stream().map(TopicPlan::name).toList());
                for (TopicPlan plan : plans) {
                    Found existing = found.get(plan.name());
                    checkFits(plan, existing);
                    if (requested != null && existing != null && existing.partitions() < plan.partitions()) {
                        throw new ParameterException(
                                spec.commandLine(),
                                "--partitions: " + requested + " (expected: at most " + existing.partitions()
                                        + ", as topic " + plan.name() + " has; Kafka's own tools can add partitions)");
                    }
                }
                for (TopicPlan plan : plans) {
                    boolean exists = found.containsKey(plan.name()) || !admin.create(plan, replicationFactor);
                    String state = exists ? "exists" : "created";
                    output.print(
                            Map.of("topic", plan.name(), "state", state), () -> "topic " + plan.name() + ": " + state);
                }
            }
            return 0;
        }

        private static void checkFits(TopicPlan plan, @Nullable Found found) throws CommandException {
            if (found == null) {
                return;
            }
            if (!found.cleanupPolicy().equals(plan.cleanupPolicy())) {
                throw new CommandException("topic " + plan.name() + ": cleanup.policy: " + found.cleanupPolicy()
                        + " (expected: " + plan.cleanupPolicy() + ")");
            }
            if (plan.fixed() && found.partitions() != plan.partitions()) {
                throw new CommandException("topic " + plan.name() + ": partitions: " + found.partitions()
                        + " (expected: " + plan.partitions() + ")");
            }
        }
    }

    /** Lists existing and missing topics. */
    @Command(
            name = "list",
            description = "List the topics, including missing ones.",
            footer = {"Examples:", "  freshet topics list --bootstrap-servers kafka:9092"})
    static final class ListTopics implements Callable<Integer> {
        @Mixin
        private TopicOptions options = new TopicOptions();

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() throws CommandException {
            List<String> topics = options.plans(1).stream().map(TopicPlan::name).toList();
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("TOPIC", "STATE", "PARTITIONS", "REPLICAS", "CLEANUP");
            try (TopicAdmin admin = new TopicAdmin(options.kafka)) {
                Map<String, Found> found = admin.find(topics);
                for (String topic : topics) {
                    Found actual = found.get(topic);
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("topic", topic);
                    entry.put("state", actual == null ? "missing" : "exists");
                    if (actual == null) {
                        table.add(topic, "missing", "-", "-", "-");
                    } else {
                        entry.put("partitions", actual.partitions());
                        entry.put("replicationFactor", actual.replicationFactor());
                        entry.put("cleanupPolicy", actual.cleanupPolicy());
                        String replicas = Integer.toString(actual.replicationFactor());
                        table.add(
                                topic,
                                "exists",
                                Integer.toString(actual.partitions()),
                                replicas,
                                actual.cleanupPolicy());
                    }
                    json.add(entry);
                }
            }
            output.print(json, table::toString);
            return 0;
        }
    }
}
