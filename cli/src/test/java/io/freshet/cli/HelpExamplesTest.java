package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Would catch a command whose help has no example, and an example with an option or a value that does not exist. */
class HelpExamplesTest {
    /** Columns of a terminal for which nothing is wrapped, since a wrapped command cannot be copied. */
    private static final int WIDTH = 80;

    @Test
    void every_command_has_an_example_that_parses() {
        for (CommandLine command : withSubcommands(FreshetCommand.commandLine())) {
            List<String> lines = CommandReference.examples(command.getCommandSpec());
            assertThat(command.getUsageMessage()).endsWith("\nExamples:\n  " + String.join("\n  ", lines) + "\n");

            List<Transcript> examples = Transcript.of("```\n" + String.join("\n", lines) + "\n```\n");
            assertThat(examples).as(command.getCommandSpec().qualifiedName()).isNotEmpty();
            for (Transcript example : examples) {
                assertThat("freshet " + String.join(" ", example.arguments()) + " ")
                        .startsWith(command.getCommandSpec().qualifiedName() + " ");
                parse(example.arguments().stream()
                        .takeWhile(word -> !word.equals(">"))
                        .toList());
            }
        }
    }

    @Test
    void no_example_is_wrapped() {
        for (CommandLine command : withSubcommands(FreshetCommand.commandLine())) {
            assertThat(CommandReference.examples(command.getCommandSpec()))
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH - 2));
        }
    }

    private static void parse(List<String> arguments) {
        FreshetCommand.commandLine()
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments.toArray(String[]::new));
    }

    private static List<CommandLine> withSubcommands(CommandLine command) {
        List<CommandLine> commands = new ArrayList<>(List.of(command));
        for (CommandLine subcommand : new HashSet<>(command.getSubcommands().values())) {
            commands.addAll(withSubcommands(subcommand));
        }
        return commands;
    }
}
