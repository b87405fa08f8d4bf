package io.freshet.server;

import io.freshet.schemas.kafka.KafkaArguments;
import picocli.CommandLine;

/**
 * Runs {@link ServerCommand} as a program.
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
                .setExecutionExceptionHandler((failure, line, result) -> {
                    line.getErr().println(failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }
}
