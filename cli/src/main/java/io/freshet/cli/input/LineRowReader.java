package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a format with one row per line. */
final class LineRowReader implements RowReader {
    private final InputFile input;
    private final LineReader lines;
    private final Decoder decoder;
    private boolean readAhead;
    private long row;

    /** Decodes a line, given as {@code line[0, length)}. */
    interface Decoder {
        default boolean isRow(byte[] line, int length) {
            return true;
        }

        /** @throws InvalidSampleException if none of the row can be read */
        void decode(byte[] line, int length, Row target) throws InvalidSampleException;

        /** Returns the invalid fields of the last line. */
        default List<InvalidSampleException> faults() {
            return List.of();
        }
    }

    /** @param expected what a line contains, for messages */
    LineRowReader(InputFile input, Decoder decoder, String expected) throws InputException {
        this.input = input;
        this.decoder = decoder;
        lines = new LineReader(input);
        readAhead = advance();
        if (!readAhead) {
            throw new InputException(input.file(), "no rows (expected: " + expected + ")");
        }
    }

    private boolean advance() throws InputException {
        while (lines.next()) {
            if (decoder.isRow(lines.bytes(), lines.length())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean read(Row target) throws InvalidSampleException, InputException {
        if (!readAhead && !advance()) {
            return false;
        }
        readAhead = false;
        row++;
        if (lines.tooLong()) {
            throw InvalidSampleException.of("row", "too long", "up to " + MAXIMUM_LENGTH + " bytes");
        }
        decoder.decode(lines.bytes(), lines.length(), target);
        return true;
    }

    @Override
    public List<InvalidSampleException> faults() {
        return decoder.faults();
    }

    @Override
    public long row() {
        return row;
    }

    @Override
    public String raw() {
        return new String(lines.bytes(), 0, lines.length(), UTF_8);
    }

    @Override
    public @Nullable String notice() {
        return input.notice();
    }

    @Override
    public long bytesRead() {
        return input.bytesRead();
    }

    @Override
    public long size() {
        return input.size();
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
