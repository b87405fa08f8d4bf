package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.jspecify.annotations.Nullable;

/**
 * The broker, job, and server that the commands of a document reach. Those with the default addresses of the documents reach the
 * ones of this process instead, and files are those of the examples, or of a directory.
 */
final class DocumentedStack implements AutoCloseable {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String SERVER = "localhost:8000";
    private static final Topics TOPICS = Topics.of(Topics.DEFAULT_PREFIX);
    /** Commands that reach Kafka by default. */
    private static final Set<String> OF_KAFKA = Set.of(
            "topics", "apply", "delete", "describe", "feed", "get", "status", "history", "tail", "redrive", "weights");

    private final Path directory;
    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable LocalCluster cluster;
    private @Nullable ModelServer server;

    /** @param directory of the files that commands read and write */
    DocumentedStack(Path directory) {
        this.directory = directory;
    }

    boolean hasServer() {
        return server != null;
    }

    void startJob() throws Exception {
        KafkaCluster broker = KafkaCluster.at(kafka.bootstrapServers());
        KafkaTrainer trainer = new KafkaTrainer(
                broker,
                TOPICS,
                OffsetsInitializer.earliest(),
                false,
                SpecTopic.read(broker, TOPICS.models(), false),
                RecordFormat.avro());
        cluster = LocalCluster.start(directory, 1);
        cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofSeconds(1));
    }

    /** Starts a server that accepts rows to learn. */
    void startServer() throws Exception {
        server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers())
                .withAddress(ServerOptions.DEFAULT_HOST, 0)
                .withWriting(new ServerOptions.Writing(TOPICS.samples(), null)));
    }

    /** Runs a command, and asserts that it succeeds and prints what the document shows. */
    void check(Transcript command) throws IOException, InterruptedException {
        if (command.program().equals("curl")) {
            String response = request(command.arguments());
            assertThat(command.matchesJson(response))
                    .as("%s%nanswered:%n%s", command, response)
                    .isTrue();
            return;
        }
        Run run = Run.of(arguments(command).toArray(String[]::new));
        assertThat(run.code()).as("%s%n%s", command, run.err()).isZero();
        // A terminal shows progress, which goes to standard error, above the result.
        assertThat(command.matches(run.out()) || command.matches(run.err() + run.out()))
                .as("%s%nprinted:%n%s%s", command, run.err(), run.out())
                .isTrue();
    }

    /** Sends the request of a curl command, and returns the body of the response. */
    private String request(List<String> arguments) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(Duration.ofSeconds(20));
        String method = null;
        String body = null;
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "-s" -> {}
                case "-X" -> method = arguments.get(++i);
                case "-d" -> body = arguments.get(++i);
                case "-H" -> {
                    String[] header = arguments.get(++i).split(": ", 2);
                    request.header(header[0], header[1]);
                }
                default -> request.uri(URI.create("http://" + address(arguments.get(i))));
            }
        }
        request.method(
                method != null ? method : body == null ? "GET" : "POST",
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode())
                .as("%s%n%s", arguments, response.body())
                .isBetween(200, 299);
        return response.body();
    }

    private String address(String documented) {
        assertThat(server).as("the server, for " + documented).isNotNull();
        return documented.replace("http://", "").replace(SERVER, "127.0.0.1:" + server.port());
    }

    /** Returns the arguments with the paths and addresses of this stack. */
    private List<String> arguments(Transcript command) {
        List<String> arguments = new ArrayList<>();
        for (String argument : command.arguments()) {
            arguments.add(path(argument));
        }
        boolean isFile = arguments.stream().anyMatch(argument -> argument.startsWith(directory.toString()));
        switch (command.command()) {
            case "compare" -> {
                // By default, the chart goes to the working directory.
                if (!arguments.contains("--plot")) {
                    arguments.addAll(
                            List.of("--plot", directory.resolve("compare.svg").toString()));
                }
            }
            case "predict" -> {
                if (!arguments.contains("--snapshot")) {
                    arguments.addAll(List.of("--server", "http://" + address(SERVER)));
                }
            }
            case "replay", "diff" -> {
                if (!isFile) {
                    arguments.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
                }
            }
            default -> {
                if (OF_KAFKA.contains(command.command()) && !arguments.contains("--snapshot")) {
                    arguments.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
                }
            }
        }
        return arguments;
    }

    /** Returns the path of a file that a document names; other arguments as they are. */
    private String path(String argument) {
        if (argument.startsWith("examples/")) {
            return ROOT.resolve(argument).toString();
        }
        Path file = directory.resolve(argument.replaceAll("[^A-Za-z0-9_.-]", "_"));
        return Files.exists(file) || argument.matches("[a-z-]+\\.(snapshot|svg|json|csv)") ? file.toString() : argument;
    }

    @Override
    public void close() throws Exception {
        try {
            if (server != null) {
                server.close();
            }
        } finally {
            try {
                if (cluster != null) {
                    cluster.close();
                }
            } finally {
                kafka.close();
            }
        }
    }
}
