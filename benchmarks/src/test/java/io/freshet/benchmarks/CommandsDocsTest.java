package io.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.cli.CommandReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/commands.md} with the declarations of the commands, and that of this module. */
class CommandsDocsTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final String COMMAND = "mvn -q -DskipTests package && java -cp"
            + " 'cli/target/test-classes:benchmarks/target/classes:cli/target/lib/*'"
            + " io.freshet.cli.CommandReference docs/commands.md";

    @Test
    void the_page_matches_the_commands() throws IOException {
        assumeTrue(
                Files.isDirectory(DOCS), "skipped: no " + DOCS.toAbsolutePath().normalize() + " to compare with");
        assertThat(Files.readString(DOCS.resolve("commands.md")))
                .as("docs/commands.md differs from the commands. To regenerate it:\n" + COMMAND)
                .isEqualTo(CommandReference.markdown());
    }
}
