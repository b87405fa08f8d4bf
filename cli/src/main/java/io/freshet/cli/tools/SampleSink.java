package io.freshet.cli.tools;

import io.freshet.cli.CommandException;
import io.freshet.learning.features.BadSampleException;
import org.jspecify.annotations.Nullable;

/** Where the samples of a file go, and the rows that are none. */
public interface SampleSink {
    /**
     * Takes a sample.
     *
     * @param key of its record, null for none
     * @throws BadSampleException if it is too long
     */
    void send(byte @Nullable [] key, byte[] sample) throws BadSampleException, CommandException;

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
