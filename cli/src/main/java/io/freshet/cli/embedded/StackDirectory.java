package io.freshet.cli.embedded;

import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The directory of a {@link LocalStack}, with topics and checkpoints. One process uses it at a time, until {@link #close}. */
public sealed interface StackDirectory extends AutoCloseable permits TemporaryDirectory, DataDirectory {
    Path path();

    /** Returns what has become of the directory once it is closed, in a few words. */
    String outcome();

    /**
     * Returns the value of an option that topics and checkpoints depend on, for this run and all later ones.
     *
     * @param given null if the option was not given
     * @param initial for the first run
     * @throws InputException if the run before had another value
     */
    String settle(String option, @Nullable String given, String initial) throws InputException;

    /** Returns the value of an option, or if it was not given, that of the run before, or else {@code initial}. */
    String recall(String option, @Nullable String given, String initial);

    /**
     * Returns an integer as {@link #recall} does.
     *
     * @throws InputException if the run before has left anything else
     */
    int number(String option, @Nullable Integer given, int initial) throws InputException;

    /** Keeps the value of an option for the next run. */
    void keep(String option, String value);

    /** Writes what the next run needs. */
    void save() throws IOException;

    /** Ends the use of the directory. Closing again does nothing. */
    @Override
    void close() throws IOException;
}
