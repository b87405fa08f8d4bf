package io.freshet.cli.feed;

import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RowEncoder;
import java.io.IOException;
import java.util.List;

/**
 * The row of a file that becomes a sample: read, stamped, and encoded. Reused for each row; not thread-safe.
 *
 * @param layout the fields to read
 * @param fields of the row that was read last
 * @param encoder of the samples
 * @param needsId whether a model holds out or drops samples by record id, which is the row number
 */
public record SampleRow(RowLayout layout, Row fields, RowEncoder encoder, boolean needsId) {
    /** Returns a row with the fields of all models. */
    public static SampleRow of(List<ModelSpec> specs) {
        RowLayout layout = RowLayout.of(specs);
        boolean needsId = specs.stream().anyMatch(ModelSpec::needsRecordId);
        return new SampleRow(layout, new Row(layout), new RowEncoder(layout), needsId);
    }

    /**
     * Reads the next row, and stamps it with its epoch and its id; returns false at the end. Some of its fields may be invalid:
     * see {@link RowReader#faults}.
     *
     * @throws InvalidSampleException if none of the row can be read; the next call reads the next row
     */
    public boolean next(RowReader reader, int epoch) throws InvalidSampleException, IOException {
        if (!reader.read(fields)) {
            return false;
        }
        fields.epoch(epoch);
        if (needsId) {
            fields.id(Long.toString(reader.row()));
        }
        return true;
    }

    /** Returns the sample for one model, or for all if it is "". Event time 0 stands for the time of sending. */
    public byte[] encode(long eventTime, String model) {
        fields.eventTime(eventTime);
        return encoder.encode(fields, model);
    }
}
