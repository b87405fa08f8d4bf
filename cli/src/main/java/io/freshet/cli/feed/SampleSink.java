package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.Row;

/** Receives the samples and the invalid rows of a file. */
public interface SampleSink {
    /**
     * Receives what grows and changes while the files are read for the first time.
     *
     * @param rows numbers of the rows
     * @param fields of the row that is read; those of the samples that are passed, unless the order of the rows is drawn
     */
    default void start(FileRows rows, Row fields) {}

    /**
     * Receives a sample of one model.
     *
     * @param model index of the model
     */
    void accept(int model, KeyedSample sample) throws CommandException;

    /**
     * Receives a row that no model learns.
     *
     * @param row row number
     * @param message the error
     */
    void reject(long row, String text, String message) throws CommandException;

    /**
     * Receives a row that has no valid key for a model.
     *
     * @param row row number
     * @param model index of the model
     * @param message the error
     */
    default void rejectKey(long row, int model, String message) {}

    /** Receives what the files hold, once they were read for the first time. */
    default void read(FileFeed.Summary summary) throws InputException {}
}
