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
 * The row of a file that becomes a sample: read, stamped, and encoded. If a model holds out samples by record id, the id is the row
 * number. Reused for each row; not thread-safe.
 */
public final class SampleRow {
    private final RowLayout layout;
    private final Row row;
    private final RowEncoder encoder;
    private final boolean needsId;

    /** @param specs specifications that determine the fields and their types */
    public SampleRow(List<ModelSpec> specs) {
        layout = RowLayout.of(specs);
        row = new Row(layout);
        encoder = new RowEncoder(layout);
        needsId = specs.stream().anyMatch(ModelSpec::needsRecordId);
    }

    /** Returns the fields to read. */
    public RowLayout layout() {
        return layout;
    }

    /** Returns the row that was read last. */
    public Row fields() {
        return row;
    }

    /**
     * Reads the next row; returns false at the end of the file.
     *
     * @param reader of this layout
     * @param epoch of the sample, from 0
     * @throws InvalidSampleException if the row is invalid; the next call reads the next row
     */
    public boolean next(RowReader reader, int epoch) throws InvalidSampleException, IOException {
        if (!reader.next(row)) {
            return false;
        }
        row.epoch(epoch);
        if (needsId) {
            row.id(Long.toString(reader.row()));
        }
        return true;
    }

    /**
     * Returns the row as a record of the samples topic.
     *
     * @param eventTime in milliseconds since 1970, UTC; 0 stands for the time of sending
     * @param model name of the only model that the sample is for, or "" for all
     */
    public byte[] encode(long eventTime, String model) {
        row.eventTime(eventTime);
        return encoder.encode(row, model);
    }

    /** Returns the index of the epoch in the bytes of the last sample. */
    int epochAt() {
        return encoder.epochAt();
    }
}
