package io.freshet.cli.topics;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.Table;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicAdmin.Found;
import io.freshet.cli.kafka.TopicPlan;
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

/** Creates the topics of one Freshet, and shows them. */
@Command(
        name = "topics",
        description = "Creates and lists the topics.",
        subcommands = {TopicsCommand.Create.class, TopicsCommand.ListTopics.class})
public final class TopicsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "topics: no command (expected: create or list)");
    }

    /** What both subcommands ask for. */
    static final class Names {
        @Mixin
        private KafkaOptions kafka = new KafkaOptions();

        @Option(names = "--samples", paramLabel = "TOPIC", description = "Samples topic (default: PREFIX.samples).")
        private @Nullable String samples;

        List<TopicPlan> plans(int partitions) {
            return TopicPlan.of(kafka.topics(samples), partitions);
        }
    }

    /** Creates what is missing. */
    @Command(name = "create", description = "Creates the topics that are missing; leaves those that are there.")
    static final class Create implements Callable<Integer> {
        @Mixin
        private Names names = new Names();

        @Mixin
        private Output output = new Output();

        @Option(
                names = "--partitions",
                paramLabel = "N",
                description = "Partitions of the samples and parameters topics (default: ${DEFAULT-VALUE}).")
        private int partitions = 4;

        @Option(
                names = "--replication-factor",
                paramLabel = "N",
                description = "Copies of each partition (default: the brokers' default).")
        private int replicationFactor = -1;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws CommandException {
            check("--partitions", partitions, partitions >= 1 && partitions <= 10_000, "1 to 10000");
            check(
                    "--replication-factor",
                    replicationFactor,
                    replicationFactor == -1 || (replicationFactor >= 1 && replicationFactor <= 100),
                    "1 to 100");
            List<TopicPlan> plans = names.plans(partitions);
            try (TopicAdmin admin = new TopicAdmin(names.kafka)) {
                Map<String, Found> found =
                        admin.find(plans.stream().map(TopicPlan::name).toList());
                for (TopicPlan plan : plans) {
                    checkFits(plan, found.get(plan.name()));
                }
                for (TopicPlan plan : plans) {
                    boolean there = found.containsKey(plan.name()) || !admin.create(plan, replicationFactor);
                    String state = there ? "exists" : "created";
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

        private void check(String option, int value, boolean valid, String expected) {
            if (!valid) {
                throw new ParameterException(
                        spec.commandLine(), option + ": " + value + " (expected: " + expected + ")");
            }
        }
    }

    /** Shows what is there. */
    @Command(name = "list", description = "Lists the topics, those that are missing as well.")
    static final class ListTopics implements Callable<Integer> {
        @Mixin
        private Names names = new Names();

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() throws CommandException {
            List<String> topics = names.plans(1).stream().map(TopicPlan::name).toList();
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("TOPIC", "STATE", "PARTITIONS", "REPLICAS", "CLEANUP");
            try (TopicAdmin admin = new TopicAdmin(names.kafka)) {
                Map<String, Found> found = admin.find(topics);
                for (String topic : topics) {
                    Found is = found.get(topic);
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("topic", topic);
                    entry.put("state", is == null ? "missing" : "exists");
                    if (is == null) {
                        table.add(topic, "missing", "-", "-", "-");
                    } else {
                        entry.put("partitions", is.partitions());
                        entry.put("replicationFactor", is.replicationFactor());
                        entry.put("cleanupPolicy", is.cleanupPolicy());
                        String replicas = Integer.toString(is.replicationFactor());
                        table.add(topic, "exists", Integer.toString(is.partitions()), replicas, is.cleanupPolicy());
                    }
                    json.add(entry);
                }
            }
            output.print(json, table::toString);
            return 0;
        }
    }
}
