package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a user's file.
 *
 * <p>An invalid row is an {@link InvalidSampleException} that names the field, the value, and the expected value; the
 * next row can still be read. A file that cannot be read is an {@link InputException}. Rows have no event time. Not
 * thread-safe.
 */
public sealed interface RowReader extends AutoCloseable
        permits CsvRowReader, LineRowReader, ParquetRowReader, JoinedRowReader {
    /** Maximum length of a row, in characters or bytes. */
    int MAXIMUM_LENGTH = 1 << 20;

    /**
     * Opens a file and reads up to its first row.
     *
     * @param layout the fields to read
     * @throws InputException if the file cannot be read, has no rows, or lacks a field of {@code layout}
     */
    static RowReader open(Path file, Format format, RowLayout layout) throws InputException {
        return open(file, format, null, layout, Set.of());
    }

    /**
     * @param delimiter of CSV; null to detect it
     * @param optional fields of {@code layout} that the file may lack
     */
    static RowReader open(
            Path file, Format format, @Nullable Delimiter delimiter, RowLayout layout, Set<String> optional)
            throws InputException {
        InputFile input = InputFile.open(file);
        try {
            if (format != Format.PARQUET) {
                input.requireText(format);
            }
            return switch (format) {
                case CSV -> new CsvRowReader(input, delimiter, layout, optional);
                case LIBSVM -> {
                    LibsvmRow decoder = new LibsvmRow(file, layout, optional);
                    yield new LineRowReader(input, decoder, "label index:value ...");
                }
                case JSON_LINES -> new LineRowReader(input, new JsonRow(layout), "a JSON object on each line");
                case PARQUET -> ParquetRowReader.open(input, layout);
            };
        } catch (InputException | RuntimeException e) {
            input.closeAfter(e);
            throw e;
        }
    }

    /** Whether a file is a pipe or a device, which can be read only once. */
    static boolean isPipe(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    /** @throws InputException if the file is a pipe or a device, which can be read only once */
    static void requireRegular(Path file) throws InputException {
        if (isPipe(file)) {
            throw new InputException(
                    file,
                    "a pipe or a device (expected: a regular file, as it is read more than once; --input - reads standard"
                            + " input, and copies it)");
        }
    }

    /** @throws InputException if the file is gzipped, and corrupt or truncated */
    static void requireComplete(Path file) throws IOException {
        try (InputFile input = InputFile.open(file)) {
            input.requireComplete();
        }
    }

    /**
     * Reads the next row of the file, all of whose fields must be valid.
     *
     * @param row has the layout with which the file was opened; its fields are undefined after an exception
     * @return false at the end of the file
     * @throws InvalidSampleException if this row is invalid; the next call reads the next row
     * @throws InputException if the file cannot be read further
     */
    default boolean next(Row row) throws InvalidSampleException, IOException {
        boolean more = read(row);
        if (more) {
            requireValid();
        }
        return more;
    }

    /**
     * Reads the next row of the file. Its invalid fields are marked in the row and reported by {@link #faults}: they concern
     * only the models that use them.
     *
     * @return false at the end of the file
     * @throws InvalidSampleException if none of the row can be read; the next call reads the next row
     * @throws InputException if the file cannot be read further
     */
    boolean read(Row row) throws InvalidSampleException, IOException;

    /** Returns the invalid fields of the current row. */
    List<InvalidSampleException> faults();

    /** @throws InvalidSampleException if a field of the current row is invalid */
    default void requireValid() throws InvalidSampleException {
        if (!faults().isEmpty()) {
            throw faults().get(0);
        }
    }

    /** Returns whether no row has a field, which was optional when the file was opened; false if that is unknown. */
    default boolean lacks(String field) {
        return false;
    }

    /** Returns the number of the current row, including invalid rows: 1 for the first, 0 before it. */
    long row();

    /** Returns the text of the current row, up to {@link #MAXIMUM_LENGTH}. Allocates a new string. */
    String raw();

    /** Returns the text before the first row, without the line break; empty for a format without a header. */
    default String header() {
        return "";
    }

    /** Returns the delimiter of CSV; null for another format. */
    default @Nullable Delimiter delimiter() {
        return null;
    }

    /** Returns what was detected about the file and is not obvious; null if nothing. */
    default @Nullable String notice() {
        return null;
    }

    /** Returns the number of bytes read from the file, before decompression; runs slightly ahead of the rows. */
    long bytesRead();

    /** Returns the file size in bytes, before decompression. */
    long size();

    @Override
    void close() throws IOException;
}
