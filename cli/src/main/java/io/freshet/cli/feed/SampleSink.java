package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.features.InvalidSampleException;
import org.jspecify.annotations.Nullable;

/** Receives the samples of a file, and its invalid rows. */
public interface SampleSink {
    /**
     * Takes a sample.
     *
     * @param key of its record, null for none
     * @throws InvalidSampleException if it is too long
     */
    void send(byte @Nullable [] key, byte[] sample) throws InvalidSampleException, CommandException;

    /**
     * Receives an invalid row.
     *
     * @param row its number
     * @param message why it is invalid
     */
    void reject(long row, String text, String message) throws CommandException;

    /** Returns once all samples are where they should be. */
    void flush() throws CommandException;
}
