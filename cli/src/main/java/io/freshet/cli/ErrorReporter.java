package io.freshet.cli;

import io.freshet.cli.input.InputException;
import io.freshet.learning.yaml.SpecException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells of failures in one line, {@code freshet: message}; a stack trace is shown only where it was asked for. */
final class ErrorReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        Throwable failure = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        boolean verbose = result.commandSpec().root().userObject() instanceof FreshetCommand root && root.verbose();
        say(command, failure);
        if (verbose) {
            e.printStackTrace(command.getErr());
        }
        return failure instanceof InputException || failure instanceof SpecException
                ? ExitCode.USAGE
                : ExitCode.SOFTWARE;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        say(command, e);
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    private static void say(CommandLine command, Throwable failure) {
        String message = failure instanceof FileSystemException file ? reason(file) : failure.getMessage();
        String line = message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
        command.getErr().println("freshet: " + line);
    }

    /** Such an exception says what is wrong by its type alone, where the system says nothing. */
    private static String reason(FileSystemException e) {
        String reason = e.getReason() == null
                ? e.getClass()
                        .getSimpleName()
                        .replace("Exception", "")
                        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                        .toLowerCase(Locale.ROOT)
                : e.getReason();
        return e.getFile() + ": " + reason;
    }
}
