package io.freshet.cli.predict;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes rows of named values as text. */
interface RowWriter extends Closeable {
    /**
     * Writes the next value of a row. A number is the shortest decimal that is read back as the same bits.
     *
     * @param value a number, a text, a boolean, a list of these, or a map of names to numbers, the most important first; null if
     *     there is none
     */
    void value(String name, @Nullable Object value) throws IOException;

    /**
     * Ends a row without the values that a prediction has.
     *
     * @param reason why there is no prediction
     */
    void endRejectedRow(String reason) throws IOException;

    void endRow() throws IOException;
}
