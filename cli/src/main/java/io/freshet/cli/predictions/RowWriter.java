package io.freshet.cli.predictions;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** Writes rows of named values as text. */
interface RowWriter extends Closeable {
    /** Starts the next value of a row. */
    void name(String name) throws IOException;

    void number(long value) throws IOException;

    /** Writes the shortest decimal that is read back as the same bits. */
    void number(float value) throws IOException;

    void number(double value) throws IOException;

    void text(String value) throws IOException;

    void bool(boolean value) throws IOException;

    /** Writes numbers with names, the most important first. */
    void numbers(Map<String, Double> byName) throws IOException;

    /** Writes that there is no value. */
    void none() throws IOException;

    /** Starts a value that consists of several. */
    void startList() throws IOException;

    void endList() throws IOException;

    /**
     * Ends a row without the values that a prediction has.
     *
     * @param reason why there is no prediction
     */
    void endRejectedRow(String reason) throws IOException;

    void endRow() throws IOException;
}
