package io.freshet.cli;

import io.freshet.learning.yaml.NameSuggestion;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Describes an option or a command that does not exist, with the nearest one that does. */
final class UnknownArgument {
    private UnknownArgument() {}

    /**
     * Returns the message for an unknown argument; null if that is not the problem. An option that is missing because
     * its name is misspelled counts as unknown.
     */
    static @Nullable String message(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        // Picocli names no argument if an unknown option stands where an option's value could.
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String first = unmatched.getUnmatched().get(0);
            if (first.startsWith("-")) {
                return unknownOption(command, first);
            }
            return command.getSubcommands().isEmpty()
                    ? first + ": unexpected argument (expected: options of " + name(command) + ")"
                    : message(first, "unknown command", command.getSubcommands().keySet(), "");
        }
        return e instanceof UnmatchedArgumentException || e instanceof MissingParameterException
                ? firstUnknownOption(command, arguments)
                : null;
    }

    private static @Nullable String firstUnknownOption(CommandLine command, String[] arguments) {
        return Arrays.stream(arguments)
                .takeWhile(argument -> !argument.equals("--"))
                .filter(argument ->
                        argument.startsWith("--") && !options(command).contains(bare(argument)))
                .findFirst()
                .map(argument -> unknownOption(command, argument))
                .orElse(null);
    }

    private static String unknownOption(CommandLine command, String argument) {
        return message(bare(argument), "unknown option", options(command), "an option of " + name(command));
    }

    private static String message(String word, String problem, Collection<String> names, String otherwise) {
        String all = otherwise.isEmpty() ? "one of " + String.join(", ", names) : otherwise;
        return word + ": " + problem + " (expected: "
                + NameSuggestion.of(word, names).map(nearest -> nearest + "?").orElse(all) + ")";
    }

    private static List<String> options(CommandLine command) {
        return List.copyOf(command.getCommandSpec().optionsMap().keySet());
    }

    /** Returns an argument without its value. */
    private static String bare(String argument) {
        int equals = argument.indexOf('=');
        return equals < 0 ? argument : argument.substring(0, equals);
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }
}
