package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import java.io.IOException;

/** Reads a format with one row per line. */
abstract sealed class LineRowReader implements RowReader permits JsonRowReader, LibsvmRowReader {
    private final InputFile input;
    private final LineReader lines;
    private boolean readAhead;
    private long row;

    LineRowReader(InputFile input) {
        this.input = input;
        lines = new LineReader(input);
    }

    /** Reads up to the first row. */
    final void start(String expected) throws InputException {
        readAhead = advance();
        if (!readAhead) {
            throw new InputException(input.file(), "no rows (expected: " + expected + ")");
        }
    }

    /** Returns whether a line is a row. */
    boolean isRow(byte[] line, int length) {
        return true;
    }

    /** Fills a row from {@code line[0, length)}. */
    abstract void decode(byte[] line, int length, Row target) throws InvalidSampleException;

    private boolean advance() throws InputException {
        while (lines.next()) {
            if (isRow(lines.bytes(), lines.length())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public final boolean next(Row target) throws InvalidSampleException, IOException {
        if (!readAhead && !advance()) {
            return false;
        }
        readAhead = false;
        row++;
        if (lines.tooLong()) {
            throw InvalidSampleException.of("row", "too long", "up to " + MAXIMUM_LENGTH + " bytes");
        }
        decode(lines.bytes(), lines.length(), target);
        return true;
    }

    @Override
    public final long row() {
        return row;
    }

    @Override
    public final String raw() {
        return new String(lines.bytes(), 0, lines.length(), UTF_8);
    }

    @Override
    public final long bytesRead() {
        return input.bytesRead();
    }

    @Override
    public final long size() {
        return input.size();
    }

    @Override
    public final void close() throws IOException {
        input.close();
    }
}
