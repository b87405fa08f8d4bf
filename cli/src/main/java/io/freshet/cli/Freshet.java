package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Arrays;

/** The main class of the {@code freshet} command. */
public final class Freshet {
    private Freshet() {}

    public static void main(String[] arguments) {
        if (Arrays.asList(arguments).contains(FreshetCommand.VERBOSE)) {
            // Read by log4j2.xml, so it must be set before anything logs.
            System.setProperty("freshet.console", "verbose");
        }
        // JSON must be UTF-8, whatever the locale.
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        // Also of the main thread: a command's exceptions are caught, but not its errors.
        Thread.setDefaultUncaughtExceptionHandler(new OutOfMemory(err));
        int code = FreshetCommand.run(out, err, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), UTF_8), true);
    }
}
