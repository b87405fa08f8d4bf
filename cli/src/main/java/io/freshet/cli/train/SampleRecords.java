package io.freshet.cli.train;

import io.freshet.cli.feed.SampleRow;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The first rows of files, as records of the samples topic.
 *
 * @param records at least one
 * @param bytes of their values together
 */
record SampleRecords(List<SourceRecord> records, long bytes) {
    private static final int MAXIMUM_ROWS = 100_000;
    private static final long MAXIMUM_BYTES = 256 << 20;

    /** @throws InputException if the files cannot be read, or have no row that the model can learn */
    static SampleRecords read(RowFiles files, ModelSpec spec) throws IOException {
        SampleRow row = SampleRow.of(List.of(spec));
        List<SourceRecord> records = new ArrayList<>();
        long bytes = 0;
        String reason = "no rows";
        try (RowReader reader = files.open(row.layout())) {
            boolean more = true;
            while (more && records.size() < MAXIMUM_ROWS && bytes < MAXIMUM_BYTES) {
                try {
                    more = row.next(reader, 0);
                    if (more) {
                        reader.requireValid();
                        row.fields().id(Long.toString(reader.row()));
                        byte[] value = row.encode(1, "");
                        bytes += value.length;
                        records.add(new SourceRecord(0, records.size(), 1, null, value, RecordHeaders.NONE));
                    }
                } catch (InvalidSampleException e) {
                    reason = "no valid row; row " + reader.row() + ": " + e.getMessage();
                }
            }
        }
        if (records.isEmpty()) {
            throw new InputException(files + ": " + reason);
        }
        return new SampleRecords(records, bytes);
    }

    double bytesPerSample() {
        return (double) bytes / records.size();
    }
}
