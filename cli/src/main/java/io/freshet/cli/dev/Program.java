package io.freshet.cli.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a {@link Dev} stack is for: its models, its samples, and what the user can try. */
public interface Program {
    /**
     * Returns the files of the specifications to apply.
     *
     * @param directory of the stack, for files that the program writes
     */
    List<Path> specifications(Path directory) throws IOException;

    /**
     * Sends samples, until there are no more, {@link #stop} is called, or the thread is interrupted. The stack runs on after it
     * returns or fails.
     */
    void send(RunningStack stack) throws Exception;

    /**
     * Ends {@link #send} while the broker runs, and waits until the samples are delivered.
     *
     * @param sender the thread that sends, interrupted unless the program has a gentler way
     */
    default void stop(Thread sender) {
        sender.interrupt();
    }

    /** Waits until there is something to try. Samples are being sent meanwhile. */
    default void awaitReady(RunningStack stack) throws Exception {}

    /** Returns the values of fields in the queries that are printed; the other fields have any. */
    default Map<String, Object> values() {
        return Map.of();
    }

    /** Returns commands to print, for another terminal, without the option that names the broker. */
    List<String> commands(RunningStack stack);
}
