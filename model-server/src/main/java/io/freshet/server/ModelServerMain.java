package io.freshet.server;

import io.freshet.schemas.kafka.KafkaArguments;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;

/**
 * Runs {@link ServerCommand} as a program. Exit codes: 0 done, 1 failed, 2 invalid options.
 *
 * <p>The module contains a logging binding but no logging configuration; the distribution adds it.
 */
public final class ModelServerMain {
    private ModelServerMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine(new ServerCommand()).execute(KafkaArguments.expand(arguments)));
    }

    static CommandLine commandLine(ServerCommand command) {
        return new CommandLine(command)
                .setCommandName("model-server")
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUnmatchedOptionsAllowedAsOptionParameters(false)
                .setParameterExceptionHandler((failure, arguments) -> report(failure.getCommandLine(), failure))
                .setExecutionExceptionHandler((failure, line, result) -> report(line, failure));
    }

    private static int report(CommandLine line, Exception failure) {
        line.getErr().println(line.getCommandName() + ": " + failure.getMessage());
        return failure instanceof InvalidOptionException || failure instanceof ParameterException
                ? ExitCode.USAGE
                : ExitCode.SOFTWARE;
    }
}
