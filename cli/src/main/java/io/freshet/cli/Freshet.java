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
            // Before anything logs: of log4j2.xml.
            System.setProperty("freshet.console", "whole");
        }
        // In UTF-8 whatever the locale says: what JSON has to be.
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        int code = FreshetCommand.run(out, err, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), UTF_8), true);
    }
}
