package io.freshet.cli;

import java.io.PrintWriter;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends the command when memory is exhausted, in whichever thread: with one line, and code 1. A thread that waits for the one that
 * failed would wait forever.
 */
final class OutOfMemory implements UncaughtExceptionHandler {
    /** For the shutdown hooks, which may need memory, too. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(10);

    private static final int CODE = 1;
    private static final int MEBIBYTE = 1 << 20;
    /** Prepared, since there may be no memory to do so later. */
    private static final String FULL_HEAP = full("the heap is");

    /** Unless -XX:MaxDirectMemorySize is set, the limit is that of the heap. */
    private static final String FULL_BUFFERS = full("the memory of direct buffers, limited like the heap, is");

    private final PrintWriter err;

    OutOfMemory(PrintWriter err) {
        this.err = err;
    }

    private static String full(String memory) {
        long megabytes = Runtime.getRuntime().maxMemory() / MEBIBYTE;
        return "out of memory: " + memory + " full at " + megabytes
                + " MB (expected: more, as with FRESHET_JAVA_OPTIONS=-Xmx" + 2 * megabytes + "m)";
    }

    /** Returns the error if it is what a failure is due to, or null. */
    static @Nullable OutOfMemoryError cause(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 100; depth++) {
            if (cause instanceof OutOfMemoryError error) {
                return error;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** Returns which memory is exhausted, and what to do. */
    static String message(OutOfMemoryError error) {
        String reason = String.valueOf(error.getMessage());
        if (reason.contains("irect buffer memory")) {
            return FULL_BUFFERS;
        }
        return reason.startsWith("Java heap") || reason.startsWith("GC overhead")
                ? FULL_HEAP
                : "out of memory: " + reason + " (expected: more memory for this process)";
    }

    /** Ends the process if memory is exhausted. Other failures of a thread are printed, as Java does. */
    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        OutOfMemoryError error = cause(failure);
        if (error == null) {
            err.print("Exception in thread \"" + thread.getName() + "\" ");
            failure.printStackTrace(err);
            return;
        }
        err.println("freshet: " + message(error));
        err.flush();
        haltLater();
        System.exit(CODE);
    }

    private static void haltLater() {
        Runtime runtime = Runtime.getRuntime();
        try {
            Thread halt = new Thread(
                    () -> {
                        try {
                            Thread.sleep(SHUTDOWN.toMillis());
                        } catch (InterruptedException e) {
                            // Halts now.
                        }
                        runtime.halt(CODE);
                    },
                    "freshet-halt");
            halt.setDaemon(true);
            halt.start();
        } catch (OutOfMemoryError e) {
            runtime.halt(CODE);
        }
    }
}
