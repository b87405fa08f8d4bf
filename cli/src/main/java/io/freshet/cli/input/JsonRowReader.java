package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.json.JsonDecoder;
import java.io.IOException;

/** Reads JSON lines: one object per line, decoded by {@link JsonDecoder}. An invalid field makes the row invalid. */
final class JsonRowReader implements RowReader {
    private final InputFile input;
    private final LineReader lines;
    private final JsonDecoder decoder;
    private boolean readAhead;
    private long row;

    JsonRowReader(InputFile input, RowLayout layout) throws InputException {
        this.input = input;
        lines = new LineReader(input);
        decoder = new JsonDecoder(layout, RecordFields.NONE);
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
        try {
            decoder.decode(lines.bytes(), lines.length(), 0, target);
        } catch (MalformedRecordException e) {
            throw new InvalidSampleException(String.valueOf(e.getMessage()).replaceFirst("^value\\b", "row"));
        }
        if (!decoder.faults().isEmpty()) {
            throw new InvalidSampleException(decoder.faults().get(0));
        }
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
