package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;

/** Reads JSON lines: one object per line, decoded by {@link JsonRow}. */
final class JsonRowReader implements RowReader {
    private final InputFile input;
    private final LineReader lines;
    private final JsonRow decoder;
    private boolean readAhead;
    private long row;

    JsonRowReader(InputFile input, RowLayout layout) throws InputException {
        this.input = input;
        lines = new LineReader(input);
        decoder = new JsonRow(layout);
        readAhead = lines.next();
        if (!readAhead) {
            throw new InputException(input.file(), "no rows (expected: a JSON object on each line)");
        }
    }

    @Override
    public boolean next(Row target) throws InvalidSampleException, IOException {
        if (!readAhead && !lines.next()) {
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
    public long row() {
        return row;
    }

    @Override
    public String raw() {
        return new String(lines.bytes(), 0, lines.length(), UTF_8);
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
