package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.JsonDecoder;
import io.freshet.schemas.sample.RecordFields;
import java.util.List;

/** Decodes rows that are JSON objects. */
final class JsonRow implements LineRowReader.Decoder {
    private final JsonDecoder decoder;

    JsonRow(RowLayout layout) {
        decoder = new JsonDecoder(layout, RecordFields.NONE);
    }

    @Override
    public void decode(byte[] bytes, int length, Row target) throws InvalidSampleException {
        try {
            decoder.decode(bytes, length, 0, target);
        } catch (MalformedRecordException e) {
            throw new InvalidSampleException(
                    "row", String.valueOf(e.getMessage()).replaceFirst("^value\\b", "row"));
        }
    }

    @Override
    public List<InvalidSampleException> faults() {
        return decoder.faults();
    }
}
