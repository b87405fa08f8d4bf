package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.FeedCommand;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A user's models, and the files that are fed to them.
 *
 * @param specFiles specifications to apply
 * @param feedArguments arguments of {@code feed} that name the files; empty for none
 * @param feed sends the files
 */
record OwnModels(List<Path> specFiles, List<String> feedArguments, FeedCommand feed, PrintWriter out, PrintWriter err)
        implements Program {
    private static final String BROKER_VARIABLE = "FRESHET_BOOTSTRAP_SERVERS";
    private static final String DEFAULT_BROKER = "localhost:9092";
    private static final String DEFAULT_SERVER = "http://127.0.0.1:8000";
    /** Models whose queries are printed. */
    private static final int MAXIMUM_QUERIES = 5;

    @Override
    public List<Path> specifications(Path directory) {
        return specFiles;
    }

    @Override
    public void send(RunningStack stack) throws Exception {
        if (feedArguments.isEmpty()) {
            return;
        }
        long before = samples(stack);
        if (before > 0) {
            err.println("freshet: topic " + stack.topics().samples() + ": has " + Plural.of(before, "sample")
                    + " of earlier runs; --input adds all rows to them");
            err.flush();
        }
        List<String> arguments = new ArrayList<>(feedArguments);
        arguments.addAll(List.of("--samples", stack.topics().samples()));
        arguments.addAll(List.of("--bootstrap-servers", stack.bootstrapServers()));
        new CommandCall(out, err).run(feed, arguments);
    }

    @Override
    public void stop(Thread sender) {
        feed.stop();
    }

    /** Returns the number of records that the samples topic has received. */
    private static long samples(RunningStack stack) throws CommandException {
        try (KafkaConsumer<byte[], byte[]> consumer = stack.kafka().consumer()) {
            List<TopicPartition> partitions = consumer
                    .partitionsFor(stack.topics().samples())
                    .stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    @Override
    public void greet(RunningStack stack) throws Exception {
        String topic = stack.topics().samples();
        out.print("""

            Page          %s/
            Kafka         %s
            Samples       topic %s, format %s
            Flink         %s/
            Files         %s

            """.formatted(
                        stack.serverAddress(),
                        stack.bootstrapServers(),
                        topic,
                        stack.format(),
                        stack.flinkAddress(),
                        stack.directory()));
        String broker = brokerOption(stack.bootstrapServers(), System.getenv(BROKER_VARIABLE));
        out.println("In another terminal:");
        if (stack.models().isEmpty()) {
            out.println("  ./freshet apply -f mine.yaml" + broker);
        }
        boolean isDefaultTopic = topic.equals(stack.kafka().topics(null).samples());
        String where = (isDefaultTopic ? "" : " --samples " + topic) + broker;
        if (!stack.format().equals("confluent")) {
            out.println("  ./freshet feed --input FILE" + where);
        }
        out.println("  ./freshet status" + where);
        stack.models().stream().limit(MAXIMUM_QUERIES).forEach(model -> query(model, stack.serverAddress()));
        out.println();
        out.flush();
    }

    /**
     * Returns the option with which a command reaches the broker; empty if it does so without.
     *
     * @param variable value of {@value #BROKER_VARIABLE}, which the commands read; null or empty if it is not set
     */
    static String brokerOption(String broker, @Nullable String variable) {
        String used = variable == null || variable.isBlank() ? DEFAULT_BROKER : variable;
        return used.replace("localhost", "127.0.0.1").equals(broker) ? "" : " --bootstrap-servers " + broker;
    }

    private void query(ModelSpec model, String server) {
        ExampleQuery query = new ExampleQuery(model);
        if (!query.isShort()) {
            return;
        }
        if (query.hasArguments()) {
            String address = server.equals(DEFAULT_SERVER) ? "" : " --server " + server;
            out.println("  ./freshet predict " + model.name() + " " + query.arguments() + address);
        }
        post(server, model, "infer", query.request());
        String outcome = query.outcome();
        if (outcome != null) {
            post(server, model, "feedback", outcome);
        }
    }

    private void post(String server, ModelSpec model, String route, String body) {
        out.println("  curl -s " + server + "/v2/models/" + model.name() + "/" + route
                + " -H 'content-type: application/json' -d " + ExampleQuery.quote(body));
    }
}
