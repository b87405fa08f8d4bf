package io.freshet.server.answers;

import io.freshet.server.predict.outputs.InferResponse;
import io.freshet.server.predict.rows.RowIds;
import io.freshet.server.predict.versions.HashShare;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sampled rows of a response.
 *
 * @param response without the inputs of its request
 * @param shadow whether they were predicted without being returned
 * @param rows in order
 * @param time when they were predicted, milliseconds since 1970, UTC
 */
record LoggedRows(InferResponse response, boolean shadow, List<Row> rows, long time) {
    /** Objects of a response and of a row. */
    private static final int OVERHEAD_BYTES = 256;

    /**
     * A row to log.
     *
     * @param index in the request
     * @param id of the row or of its request, or null
     */
    record Row(int index, @Nullable String id) {}

    /** Returns the rows of a response that have a prediction and whose id is in the sample. */
    static LoggedRows of(InferResponse response, boolean shadow, HashShare sample, long time) {
        RowIds ids = RowIds.of(response.request());
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < response.rows().count(); row++) {
            String id = ids.of(row);
            if (response.rows().error(row).isEmpty() && sample.contains(id)) {
                rows.add(new Row(row, id));
            }
        }
        return new LoggedRows(response.withoutInputs(), shadow, rows, time);
    }

    /** Returns about how much memory the rows need, besides the parameters that predicted them. */
    long bytes() {
        long bytes = OVERHEAD_BYTES + response.rows().predictionBytes();
        for (Row row : rows) {
            bytes += OVERHEAD_BYTES + (row.id == null ? 0 : (long) Character.BYTES * row.id.length());
        }
        return bytes;
    }
}
