package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;

/** Reads JSON lines: one object per line, decoded by {@link JsonRow}. */
final class JsonRowReader extends LineRowReader {
    private final JsonRow decoder;

    JsonRowReader(InputFile input, RowLayout layout) throws InputException {
        super(input);
        decoder = new JsonRow(layout);
        start("a JSON object on each line");
    }

    @Override
    void decode(byte[] line, int length, Row target) throws InvalidSampleException {
        decoder.decode(line, length, target);
    }
}
