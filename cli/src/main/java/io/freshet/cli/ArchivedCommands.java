package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.dev.LocalStack;
import io.freshet.cli.dev.StackDirectory;
import io.freshet.cli.dev.StackTopics;
import io.freshet.job.topology.StateSettings;
import io.freshet.schemas.kafka.Topics;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs a training and the commands on topics, so that the JVM can list the classes that they load. {@code bin/freshet} runs
 * this once and archives these classes, from which later commands start faster.
 */
final class ArchivedCommands {
    private static final String SPEC = "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}";
    private static final int ROWS = 100;

    private ArchivedCommands() {}

    public static void main(String[] arguments) throws Exception {
        int code = 1;
        try {
            runAll();
            code = 0;
        } finally {
            // After a failure, threads of Kafka would keep the JVM running.
            System.exit(code);
        }
    }

    /** @throws IllegalStateException if a command fails */
    static void runAll() throws Exception {
        run(List.of("--help"));
        StackTopics topics = new StackTopics(Topics.of(Topics.DEFAULT_PREFIX), 1, null);
        try (LocalStack stack = LocalStack.open(StackDirectory.temporary(), 0, topics, 1, StateSettings.DEFAULT)) {
            String spec = write(stack.directory().resolve("m.yaml"), Stream.of(SPEC));
            String rows = write(
                    stack.directory().resolve("m.csv"),
                    Stream.concat(Stream.of("x,y"), Collections.nCopies(ROWS, "1,2").stream()));
            run(List.of("train", "--spec", spec, "--input", rows));
            for (List<String> command : List.of(
                    List.of("topics", "list"),
                    List.of("apply", "-f", spec),
                    List.of("get"),
                    List.of("status"),
                    List.of("describe", "m"),
                    List.of("feed", "--input", rows),
                    List.of("tail", "samples", "--from-beginning", "--limit", "1"),
                    List.of("delete", "m"))) {
                run(Stream.concat(command.stream(), Stream.of("--bootstrap-servers", stack.bootstrapServers()))
                        .toList());
            }
        }
    }

    private static String write(Path file, Stream<String> lines) throws Exception {
        return Files.write(file, lines.toList()).toString();
    }

    private static void run(List<String> command) {
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8);
        int code = FreshetCommand.run(nowhere, nowhere, command.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException(command + ": exit code " + code);
        }
    }
}
