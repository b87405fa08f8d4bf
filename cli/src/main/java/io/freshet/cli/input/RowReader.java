package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The rows of a user's file, one after the other.
 *
 * <p>A row that cannot be taken is a {@link InvalidSampleException} that names the field, the value and what was expected;
 * reading goes on with the next. A file that cannot be read on is an {@link InputException}. Rows carry no event time.
 * Not thread-safe.
 */
public sealed interface RowReader extends AutoCloseable permits CsvRowReader, LibsvmRowReader, JsonRowReader {
    /** The longest row that is taken, in characters or bytes. */
    int MAXIMUM_LENGTH = 1 << 20;

    /**
     * Opens a file and reads as far as its first row.
     *
     * @param layout the fields that rows will be asked for
     * @throws InputException if the file cannot be read, has no row, or cannot have the fields of {@code layout}
     */
    static RowReader open(Path file, Format format, RowLayout layout) throws InputException {
        InputFile input = InputFile.open(file);
        try {
            return switch (format) {
                case CSV -> new CsvRowReader(input, layout);
                case LIBSVM -> new LibsvmRowReader(input, layout);
                case JSON_LINES -> new JsonRowReader(input, layout);
            };
        } catch (InputException | RuntimeException e) {
            input.closeAfter(e);
            throw e;
        }
    }

    /** Whether a file is a pipe or a device, whose rows can be read once. */
    static boolean isPipe(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    /** Refuses a file whose rows can be read only once. */
    static void requireRegular(Path file) throws InputException {
        if (isPipe(file)) {
            throw new InputException(
                    file, "a pipe or a device (expected: a regular file, as it is read more than once)");
        }
    }

    /**
     * Refuses a file that {@link #open} refuses, and one that is no regular file: looking is reading.
     *
     * @param layout the fields that rows will be asked for
     */
    static void check(Path file, Format format, RowLayout layout) throws IOException {
        requireRegular(file);
        open(file, format, layout).close();
    }

    /**
     * Fills a row with the next one of the file.
     *
     * @param row by the layout that the file was opened with; its fields are not to be used after an exception
     * @return false at the end of the file
     * @throws InvalidSampleException if this one row is bad; the next call goes on behind it
     * @throws InputException if the file cannot be read on
     */
    boolean next(Row row) throws InvalidSampleException, IOException;

    /** Returns the number of the current row, bad ones counted: 1 for the first, 0 before it. */
    long row();

    /** Returns the text of the current row, up to {@link #MAXIMUM_LENGTH}; made when asked for. */
    String raw();

    /** Returns how many bytes of the file, as it lies there, were taken in; always a little ahead of the rows. */
    long bytesRead();

    /** Returns the length of the file as it lies there, in bytes. */
    long size();

    @Override
    void close() throws IOException;
}
