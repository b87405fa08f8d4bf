package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of docs/getting-started.md whose output it shows, in order. Catches a document that shows a command or an
 * output that no longer exists. The job and the server are those of this process; every other command runs as it is shown.
 */
@Timeout(300)
class GettingStartedIT {
    @TempDir
    private static Path directory;

    @AutoClose
    private DocumentedStack stack;

    @BeforeEach
    void start() {
        stack = new DocumentedStack(directory);
    }

    @Test
    void every_command_prints_what_the_document_shows() throws Exception {
        String document = Files.readString(DocumentedStack.ROOT.resolve("docs/getting-started.md"));
        List<Transcript> commands = Transcript.of(document).stream()
                .filter(command -> command.output() != null)
                .toList();
        assertThat(commands).hasSizeGreaterThan(8);

        for (Transcript command : commands) {
            switch (command.command()) {
                case "job" -> stack.startJob();
                case "server" -> stack.startServer();
                default -> {
                    if (stack.hasServer()) {
                        // The job and the server may not have reached the last sample yet.
                        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> stack.check(command));
                    } else {
                        stack.check(command);
                    }
                }
            }
        }
    }
}
