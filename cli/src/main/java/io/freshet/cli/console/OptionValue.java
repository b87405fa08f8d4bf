package io.freshet.cli.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks the values of options that picocli accepts. */
public final class OptionValue {
    private OptionValue() {}

    /** @throws ParameterException with the option, the value, and what was expected, unless it is valid */
    public static void require(
            CommandSpec command, boolean valid, String option, @Nullable Object value, String expected) {
        if (!valid) {
            throw new ParameterException(
                    command.commandLine(), option + ": " + value + " (expected: " + expected + ")");
        }
    }
}
