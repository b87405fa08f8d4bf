package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.cli.embedded.LocalCluster;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.topic.Topics;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of docs/getting-started.md in order. Catches a document that shows a command or an output that no longer exists.
 * The job and the server are those of this JVM; every other command runs as it is shown.
 */
@Timeout(300)
class GettingStartedIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Topics TOPICS = Topics.of("freshet");
    private static final Set<String> OF_KAFKA =
            Set.of("topics", "apply", "feed", "get", "status", "history", "weights");

    @TempDir
    private static Path directory;

    @AutoClose
    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();

    @AutoClose
    private @Nullable LocalCluster cluster;

    @AutoClose
    private @Nullable ModelServer server;

    @Test
    void every_command_prints_what_the_document_shows() throws Exception {
        List<Transcript> commands = Transcript.of(Files.readString(ROOT.resolve("docs/getting-started.md")));
        assertThat(commands).hasSizeGreaterThan(8);

        for (Transcript command : commands) {
            switch (command.command()) {
                case "job" -> startJob();
                case "server" ->
                    server = ModelServer.start(
                            ServerOptions.of(kafka.bootstrapServers()).withAddress(ServerOptions.DEFAULT_HOST, 0));
                default -> {
                    if (server == null) {
                        check(command);
                    } else {
                        // The job and the server may not have reached the last sample yet.
                        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> check(command));
                    }
                }
            }
        }
    }

    private void check(Transcript command) {
        Run run = Run.of(arguments(command).toArray(String[]::new));
        assertThat(run.code()).as("%s%n%s", command, run.err()).isZero();
        assertThat(command.matches(run.out()))
                .as("%s%nprinted:%n%s", command, run.out())
                .isTrue();
    }

    /** Returns the arguments with the paths and addresses of this test. */
    private List<String> arguments(Transcript command) {
        List<String> arguments = new ArrayList<>();
        for (String argument : command.arguments()) {
            boolean isFile = argument.matches("[a-z-]+\\.(snapshot|svg)");
            arguments.add(
                    argument.startsWith("examples/")
                            ? ROOT.resolve(argument).toString()
                            : isFile ? directory.resolve(argument).toString() : argument);
        }
        if (command.command().equals("predict") && !arguments.contains("--snapshot")) {
            arguments.addAll(List.of("--server", "http://127.0.0.1:" + server.port()));
        } else if (OF_KAFKA.contains(command.command())) {
            arguments.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        }
        return arguments;
    }

    private void startJob() throws Exception {
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
}
