package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.freshet.schemas.kafka.KafkaArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parses every command of README and docs. Catches a document with an option or a subcommand that no longer exists. */
class DocumentedCommandsTest {
    /** Commands that need the brokers as an option or as a variable. */
    private static final Set<String> ADDRESSED_BY_VARIABLE = Set.of("job", "server");

    /** Commands of other modules. */
    private static final Set<String> ADDED = Set.of("bench");

    static Stream<Path> pages() throws IOException {
        Path root = DocumentedStack.ROOT;
        try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
            List<Path> pages = docs.filter(page -> page.toString().endsWith(".md"))
                    .filter(page -> !page.endsWith("commands.md"))
                    .sorted()
                    .toList();
            return Stream.concat(
                    Stream.of(root.resolve("README.md"), root.resolve("deploy/README.md")), pages.stream());
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void every_command_has_only_options_that_exist(Path page) throws IOException {
        String text = Files.readString(page);
        for (Transcript command : Transcript.of(text)) {
            if (command.program().equals("freshet") && !ADDED.contains(command.command())) {
                List<String> arguments = new ArrayList<>(command.arguments());
                if (text.contains("export FRESHET_BOOTSTRAP_SERVERS=")
                        && ADDRESSED_BY_VARIABLE.contains(command.command())
                        && !arguments.contains("--bootstrap-servers")) {
                    arguments.addAll(List.of("--bootstrap-servers", "localhost:9092"));
                }
                assertThatCode(() -> parse(arguments))
                        .as("%s: freshet %s", page.getFileName(), String.join(" ", command.arguments()))
                        .doesNotThrowAnyException();
            }
        }
    }

    private static void parse(List<String> arguments) {
        FreshetCommand.commandLine()
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(KafkaArguments.expand(arguments.toArray(String[]::new)));
    }

    @Test
    void a_command_goes_on_after_a_backslash_and_within_quotes_and_ends_at_a_comment() {
        String document = """
                ```
                ./freshet apply -f a.yaml \\
                  --reset      # from scratch
                curl -s localhost:8000/x -d '{"a": [
                  1, 2]}'
                other command
                ```

                ```
                $ ./freshet get
                MODEL  ...
                $ ./freshet status     # all
                ```
                """;

        assertThat(Transcript.of(document))
                .containsExactly(
                        new Transcript("freshet", List.of("apply", "-f", "a.yaml", "--reset"), null),
                        new Transcript("curl", List.of("-s", "localhost:8000/x", "-d", "{\"a\": [\n  1, 2]}"), null),
                        new Transcript("freshet", List.of("get"), "MODEL  ..."),
                        new Transcript("freshet", List.of("status"), ""));
    }
}
