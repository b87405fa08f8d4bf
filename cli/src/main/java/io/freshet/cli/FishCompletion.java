package io.freshet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for fish: one {@code complete} line for each command and option, with its description. */
final class FishCompletion {
    private final String name;
    private final List<String> lines = new ArrayList<>();

    private FishCompletion(String name) {
        this.name = name;
    }

    static String of(CommandLine root) {
        FishCompletion completion = new FishCompletion(root.getCommandName());
        completion.add(root, "__fish_use_subcommand", "");
        return String.join("\n", completion.lines) + "\n";
    }

    /**
     * Adds the options and subcommands of a command.
     *
     * @param here condition that the next word is the command's first
     * @param inside condition that the command precedes the next word, followed by {@code "; and "}; or ""
     */
    private void add(CommandLine command, String here, String inside) {
        for (Map.Entry<String, CommandLine> entry : command.getSubcommands().entrySet()) {
            String sub = entry.getKey();
            line(
                    here,
                    "-f -a " + sub,
                    entry.getValue().getCommandSpec().usageMessage().description());
            String seen = inside + "__fish_seen_subcommand_from " + sub;
            String names = String.join(" ", entry.getValue().getSubcommands().keySet());
            add(entry.getValue(), seen + "; and not __fish_seen_subcommand_from " + names, seen + "; and ");
        }
        if (command.getSubcommands().isEmpty()) {
            String seen = inside.substring(0, inside.length() - "; and ".length());
            command.getCommandSpec().options().stream()
                    .filter(option -> !option.hidden())
                    .forEach(option -> add(option, seen));
        }
    }

    private void add(OptionSpec option, String condition) {
        StringBuilder arguments = new StringBuilder();
        for (String each : option.names()) {
            arguments.append(each.startsWith("--") ? " -l " + each.substring(2) : " -s " + each.substring(1));
        }
        if (option.arity().max() > 0) {
            arguments.append(" -r");
        }
        line(condition, arguments.substring(1), option.description());
    }

    private void line(String condition, String arguments, String[] description) {
        // Picocli's descriptions are format strings with variables; the first sentence is enough for a list.
        String text = String.join(" ", description).replace("%%", "%").split("(?<=\\.) |\\$| \\(", 2)[0];
        lines.add("complete -c " + name + " -n '" + condition + "' " + arguments + " -d '"
                + text.replace("\\", "\\\\").replace("'", "\\'") + "'");
    }
}
