package io.freshet.cli;

import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.KafkaOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes {@code docs/commands.md} from the declarations of the commands. Its main method needs no test library. */
public final class CommandReference {
    /** Width of a synopsis in columns, independent of the terminal. */
    private static final int WIDTH = 100;

    /** A default at the end of a description: {@code (default: X).} or {@code ; default: X}. */
    private static final Pattern DEFAULT = Pattern.compile("(?: \\(|[;,] )default: ([^()]+?)\\)?(\\.?)$");

    /** Initial values that stand for an option that is not given. */
    private static final Set<String> UNSET = Set.of("", "false", "[]", "{}", Long.toString(Long.MAX_VALUE));

    private final CommandLine root = FreshetCommand.commandLine();
    private final StringBuilder page = new StringBuilder();

    private CommandReference() {}

    /** Replaces the page at the given path. */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), markdown());
    }

    /** Returns the whole page. */
    public static String markdown() {
        return new CommandReference().write();
    }

    private String write() {
        page.append("""
                # Commands

                ```
                ./freshet demo                                                                 # everything at once, in one JVM
                ./freshet train --spec examples/delays.yaml --input examples/flights.csv.gz    # train on a file, print the metrics
                ```

                This page is generated from the code, and `CommandsDocsTest` compares them. `./freshet COMMAND --help` prints the same texts.

                | command | description |
                | --- | --- |
                """);
        List<CommandLine> commands = visible(root);
        for (CommandLine command : commands) {
            String name = name(command);
            row("[`" + name + "`](#" + name.replace(' ', '-') + ")", firstSentence(description(command)));
        }
        page.append("\n## Common options\n\n");
        page.append(
                "Every command takes these options, except that `replay --version` selects the version to replay:\n\n");
        options(root.getCommandSpec().options());
        page.append("\n<a id=\"kafka-options\"></a>Commands that connect to Kafka take:\n\n");
        options(CommandSpec.forAnnotatedObject(KafkaOptions.of("")).options());
        page.append("\nCommands with machine-readable output take:\n\n");
        options(CommandSpec.forAnnotatedObject(new Output()).options());
        page.append("""

                `--kafka.<key>=<value>` is short for `--kafka <key>=<value>`; may be repeated.

                Exit codes: 0 done, 1 failed, 2 wrong usage or bad input.
                A failure prints one line, `freshet: message`, to standard error.
                """);
        commands.forEach(this::section);
        return page.toString();
    }

    /** Returns all visible subcommands of a command, depth first, in the order of the help. */
    private static List<CommandLine> visible(CommandLine command) {
        List<CommandLine> commands = new ArrayList<>();
        Set<CommandLine> subcommands =
                new LinkedHashSet<>(command.getSubcommands().values());
        for (CommandLine subcommand : subcommands) {
            if (!subcommand.getCommandSpec().usageMessage().hidden()) {
                commands.add(subcommand);
                commands.addAll(visible(subcommand));
            }
        }
        return commands;
    }

    private void section(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        page.append("\n## ").append(name(command)).append("\n\n");
        page.append(description(command)).append('\n');
        if (spec.aliases().length > 0) {
            page.append("\nAlso: `").append(String.join("`, `", spec.aliases())).append("`\n");
        }
        List<ArgSpec> own = new ArrayList<>(spec.positionalParameters());
        own.addAll(spec.options());
        own.removeIf(argument -> argument.hidden() || argument.inherited() || isHelp(argument));
        List<String> common = new ArrayList<>();
        if (own.removeIf(argument -> isDeclaredIn(argument, KafkaOptions.class))) {
            common.add("[Kafka options](#kafka-options)");
        }
        if (own.removeIf(argument -> isDeclaredIn(argument, Output.class))) {
            common.add("[`--output`](#common-options)");
        }
        page.append("\n```\n").append(synopsis(spec)).append("\n```\n");
        page.append("\n```sh\n").append(String.join("\n", examples(spec))).append("\n```\n");
        if (!own.isEmpty()) {
            page.append('\n');
            options(own);
        }
        if (!common.isEmpty()) {
            page.append("\nAlso takes: ").append(String.join(", ", common)).append(".\n");
        }
    }

    /** Returns the lines of the examples at the end of the help. */
    static List<String> examples(CommandSpec command) {
        List<String> footer = List.of(command.usageMessage().footer());
        return footer.subList(footer.indexOf("Examples:") + 1, footer.size()).stream()
                .map(line -> line.substring(2))
                .toList();
    }

    private static boolean isHelp(ArgSpec argument) {
        return argument instanceof OptionSpec option && (option.usageHelp() || option.versionHelp());
    }

    private static boolean isDeclaredIn(ArgSpec argument, Class<?> type) {
        return argument.userObject() instanceof Field field && field.getDeclaringClass() == type;
    }

    private void options(List<? extends ArgSpec> arguments) {
        row("option", "default", "description");
        row("---", "---", "---");
        for (ArgSpec argument : arguments) {
            String description = String.join(" ", argument.description());
            Matcher match = DEFAULT.matcher(description);
            boolean described = match.find();
            String text = described ? match.replaceFirst("$2") : description;
            String defaultText = described ? match.group(1) : defaultValue(argument);
            row("`" + label(argument) + "`", escape(defaultText), escape(text));
        }
    }

    /** Escapes placeholders such as {@code <file>}, which Markdown would render as HTML tags. */
    private static String escape(String text) {
        return text.replace("<", "\\<");
    }

    private static String label(ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
            return String.join("`, `", option.names()) + value;
        }
        PositionalParamSpec parameter = (PositionalParamSpec) argument;
        return parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
    }

    /** Returns "required", or a default that does not depend on the environment, or nothing. */
    private static String defaultValue(ArgSpec argument) {
        if (argument.required()) {
            return "required";
        }
        Object value = argument.defaultValue() == null ? argument.initialValue() : argument.defaultValue();
        String text = value == null ? "" : value.toString();
        return UNSET.contains(text) || text.startsWith("${") ? "" : text;
    }

    private void row(String... cells) {
        page.append('|');
        for (String cell : cells) {
            page.append(' ').append(cell.replace("|", "\\|")).append(cell.isEmpty() ? "|" : " |");
        }
        page.append('\n');
    }

    private String name(CommandLine command) {
        String root = this.root.getCommandName() + " ";
        return command.getCommandSpec().qualifiedName().substring(root.length());
    }

    private static String description(CommandLine command) {
        return String.join(" ", command.getCommandSpec().usageMessage().description());
    }

    private static String firstSentence(String text) {
        return text.replaceFirst("(?<=\\.) .*", "");
    }

    private static String synopsis(CommandSpec spec) {
        spec.interpolateVariables(false);
        List<OptionSpec> fromEnvironment = spec.options().stream()
                .filter(option ->
                        option.defaultValue() != null && option.defaultValue().startsWith("${env:"))
                .toList();
        spec.interpolateVariables(true);
        for (OptionSpec option : fromEnvironment) {
            // Document the option as optional, whether or not the variable is set on this machine.
            spec.remove(option);
            spec.addOption(option.toBuilder().required(false).build());
        }
        spec.usageMessage().autoWidth(false).width(WIDTH);
        String synopsis = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0);
        return synopsis.stripTrailing().replace(System.lineSeparator(), "\n");
    }
}
