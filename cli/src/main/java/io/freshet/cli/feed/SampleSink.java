package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.features.InvalidSampleException;
import org.jspecify.annotations.Nullable;

/** Where the samples of a file go, and the rows that are none. */
public interface SampleSink {
    /**
     * Takes a sample.
     *
     * @param key of its record, null for none
     * @throws InvalidSampleException if it is too long
     */
    void send(byte @Nullable [] key, byte[] sample) throws InvalidSampleException, CommandException;

    /**
     * Takes a row that is no sample.
     *
     * @param row its number
     * @param message why it is none
     */
    void reject(long row, String text, String message) throws CommandException;

    /** Returns once all samples are where they should be. */
    void flush() throws CommandException;
}
