package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of README and docs that can run in this process, with the models of the demo. Catches a document that shows
 * a command that fails, or an output that no longer exists. {@link GettingStartedIT} runs those of a whole tour, in its order.
 */
@Timeout(420)
class DocumentsIT {
    /** Commands that start a process, run until they are stopped, or need what this process lacks; they are only parsed. */
    private static final Predicate<String> STARTS =
            starts("demo", "dev", "job", "server", "status --watch", "bench", "acls", "topics", "tail");
    /** Names that stand for something of the reader's, and files that only the reader has. */
    private static final Predicate<String> PLACEHOLDER =
            command -> command.matches("(?s).*(HOST|PORT|MODEL|VERSION\\b|KEY=).*")
                    || Stream.of(
                                    "model.yaml",
                                    "ctr.yaml",
                                    "/ctr/", // a model that learns from clicks of the reader's
                                    "january.csv",
                                    "2026-",
                                    "new.csv",
                                    "client.properties",
                                    "@request",
                                    "addsub",
                                    "9249",
                                    "\"ago\"", // needs versions of ten minutes ago
                                    "/feedback", // needs a model with a join
                                    "answer r1/0", // needs a server that logs its answers
                                    "redrive")
                            .anyMatch(command::contains);
    /** Deletes the model that other pages ask about. */
    private static final String LAST = "control.md";

    private static final int FLIGHTS = 3_000;
    private static final String INVALID_FLIGHT = "2001-01-01T00:12,12,0,far,PIT,SYR,112,1";

    @TempDir
    private static Path directory;

    @Test
    void every_command_succeeds_and_prints_what_the_document_shows() throws Exception {
        prepareFiles();
        SoftAssertions softly = new SoftAssertions();
        List<Transcript> commands = commands();
        assertThat(commands).hasSizeGreaterThan(30);
        try (DocumentedStack stack = new DocumentedStack(directory)) {
            startModels(stack);
            for (Transcript command : commands) {
                softly.check(() -> stack.check(command));
            }
        }
        softly.assertAll();
    }

    /** Returns the commands to run, each once: with its output, if any page shows it. */
    private static List<Transcript> commands() throws IOException {
        Map<List<String>, Transcript> commands = new LinkedHashMap<>();
        for (Path page : DocumentedCommandsTest.pages()
                .filter(page -> !page.endsWith("getting-started.md"))
                .sorted(Comparator.comparing(page -> page.endsWith(LAST)))
                .toList()) {
            for (Transcript command : Transcript.of(Files.readString(page))) {
                if (runs(command)) {
                    commands.merge(command.arguments(), command, (one, other) -> one.output() == null ? other : one);
                }
            }
        }
        return List.copyOf(commands.values());
    }

    private static boolean runs(Transcript command) {
        String text = String.join(" ", command.arguments());
        return !PLACEHOLDER.test(text) && (command.program().equals("curl") || !STARTS.test(text));
    }

    private static Predicate<String> starts(String... commands) {
        return text -> Stream.of(commands).anyMatch(text::startsWith);
    }

    /** Writes the files that the documents name without a directory. */
    private static void prepareFiles() throws IOException {
        Path examples = DocumentedStack.ROOT.resolve("examples");
        Files.copy(examples.resolve("delays.yaml"), directory.resolve("delays.yaml"));
        Files.copy(examples.resolve("flights.csv.gz"), directory.resolve("flights.csv.gz"));
        try (BufferedReader all = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(examples.resolve("flights.csv.gz")))));
                BufferedWriter data = Files.newBufferedWriter(directory.resolve("data.csv"))) {
            for (String line : (Iterable<String>) all.lines().limit(FLIGHTS + 1)::iterator) {
                data.write(line);
                data.newLine();
            }
            for (int invalid = 0; invalid < 2; invalid++) {
                data.write(INVALID_FLIGHT);
                data.newLine();
            }
        }
    }

    /** Starts the models of the demo, and waits until a server has them. */
    private static void startModels(DocumentedStack stack) throws Exception {
        for (Transcript command : List.of(
                freshet("topics", "create", "--partitions", "1"),
                freshet("apply", "-f", "examples/delays.yaml", "-f", "examples/delays-by-origin.yaml"),
                freshet("feed", "--input", "data.csv"))) {
            stack.check(command);
        }
        stack.startJob();
        stack.startServer();
        Transcript learned = new Transcript("curl", List.of("localhost:8000/v2/models/delays/ready"), null);
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> stack.check(learned));
        Transcript twoVersions = freshet("diff", "delays");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> stack.check(twoVersions));
    }

    private static Transcript freshet(String... arguments) {
        return new Transcript("freshet", List.of(arguments), null);
    }
}
