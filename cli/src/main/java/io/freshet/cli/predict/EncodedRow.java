package io.freshet.cli.predict;

import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the input.
 *
 * @param number from 1
 * @param kept texts of the fields to repeat in the output; empty texts if the row cannot be read
 * @param raw the row as it is in the input; empty unless rejected rows are kept
 * @param encoded null if the row is rejected
 * @param reason why the row is rejected, or has no valid label; null for a labeled row
 */
record EncodedRow(
        long number,
        List<String> kept,
        String raw,
        @Nullable Encoded encoded,
        @Nullable String reason) {
    /**
     * A row that can be predicted.
     *
     * @param snapshot of its key
     * @param sample without a label if there is no valid one
     */
    record Encoded(Snapshot snapshot, Sample sample) {}
}
