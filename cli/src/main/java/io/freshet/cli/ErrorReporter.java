package io.freshet.cli;

import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Styles;
import io.freshet.cli.input.InputException;
import io.freshet.learning.yaml.SpecException;
import io.freshet.server.InvalidOptionException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Reports a failure in one line, {@code freshet: message}; {@code --verbose} adds the stack trace. */
final class ErrorReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        Throwable failure = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        boolean verbose = result.commandSpec().root().userObject() instanceof FreshetCommand root && root.verbose();
        print(command, failure);
        if (verbose) {
            e.printStackTrace(command.getErr());
        }
        if (failure instanceof InvalidOptionException) {
            hint(command);
        }
        return isUsage(failure) ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String unknown = UnknownArgument.message(e, arguments);
        print(command, unknown == null ? e : new ParameterException(command, unknown, e));
        hint(command);
        return ExitCode.USAGE;
    }

    private static boolean isUsage(Throwable failure) {
        return failure instanceof InputException
                || failure instanceof SpecException
                || failure instanceof InvalidOptionException;
    }

    private static void hint(CommandLine command) {
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }

    private static void print(CommandLine command, Throwable failure) {
        OutOfMemoryError memory = OutOfMemory.cause(failure);
        String message = memory != null
                ? OutOfMemory.message(memory)
                : failure instanceof FileSystemException file ? reason(file) : failure.getMessage();
        String line = message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : OneLine.of(message.strip().replaceAll("\\s*\\R\\s*", " "));
        command.getErr().println(Styles.of(command.getCommandSpec()).bad("freshet:") + " " + line);
    }

    /** Returns the operating system's reason, or else the type of the exception in words. */
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
