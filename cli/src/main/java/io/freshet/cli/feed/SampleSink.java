package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.features.InvalidSampleException;
import org.jspecify.annotations.Nullable;

/** Receives the samples and the invalid rows of a file. */
public interface SampleSink {
    /**
     * Receives a sample.
     *
     * @param key record key, or null
     * @throws InvalidSampleException if the sample is too long
     */
    void send(byte @Nullable [] key, byte[] sample) throws InvalidSampleException, CommandException;

    /**
     * Receives an invalid row.
     *
     * @param row row number
     * @param message the error
     */
    void reject(long row, String text, String message) throws CommandException;

    /** Throws if nothing more is to be sent, since the run has failed. Called for each row. */
    default void requireRunning() throws CommandException {}

    /**
     * Throws if there is no room for the epochs that are left. Called once the first one is read.
     *
     * @param bytes of the samples of an epoch
     */
    default void requireSpace(long bytes, int epochs) throws CommandException {}

    /** Waits until all samples are delivered. */
    void flush() throws CommandException;
}
