package io.freshet.cli.dev;

import java.io.PrintWriter;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Option;

/**
 * Calls commands as a user would, with the same rules and messages, but without the defaults that come from environment
 * variables: those are for the user's own cluster.
 */
record CommandCall(PrintWriter out, PrintWriter err) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:[^:}]+(?::-([^}]*))?}");

    /** @throws Exception thrown by the command, or because it refuses an argument */
    void run(Callable<Integer> command, List<String> arguments) throws Exception {
        new CommandLine(command)
                .setOut(out)
                .setErr(err)
                .setDefaultValueProvider(CommandCall::withoutEnvironment)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments.toArray(String[]::new));
        try {
            command.call();
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** Returns the default of an option whose default may come from a variable; null for other options. */
    private static @Nullable String withoutEnvironment(ArgSpec argument) {
        if (!(argument.userObject() instanceof AnnotatedElement element)) {
            return null;
        }
        Option option = element.getAnnotation(Option.class);
        Matcher variable = VARIABLE.matcher(option == null ? "" : option.defaultValue());
        if (!variable.matches()) {
            return null;
        }
        return variable.group(1) == null ? Option.NULL_VALUE : variable.group(1);
    }
}
