package io.freshet.server.serve;

import io.freshet.learning.loss.Task;
import io.freshet.server.store.ServedSet;
import io.freshet.server.store.ServedSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request to infer, before it is written.
 *
 * @param id of the request, or null
 * @param spec what the outputs follow from
 * @param sets that answered: one for all rows, or one for each row of a model with keys
 * @param rows n
 * @param predictions length n * K, row by row
 * @param outputs those wanted, in order
 */
record Answer(
        @Nullable String id,
        ServedSpec spec,
        List<ServedSet> sets,
        int rows,
        float[] predictions,
        List<Output> outputs) {

    /** Returns the set that answered a row. */
    ServedSet set(int row) {
        return sets.get(sets.size() == 1 ? 0 : row);
    }

    /** Returns the newest event time of the stalest set, milliseconds since 1970; Long.MIN_VALUE if it has none. */
    long watermark() {
        long watermark = Long.MAX_VALUE;
        for (ServedSet set : sets) {
            watermark = Math.min(watermark, set.watermark());
        }
        return watermark;
    }

    /** Returns the most likely class of a row: the first of the largest, or whether a probability is at least 0.5. */
    int mostLikely(int row) {
        if (spec.spec().loss().task() == Task.BINARY) {
            return predictions[row] >= 0.5f ? 1 : 0;
        }
        int outputs = spec.spec().outputs();
        int from = row * outputs;
        int best = 0;
        for (int k = 1; k < outputs; k++) {
            if (predictions[from + k] > predictions[from + best]) {
                best = k;
            }
        }
        return best;
    }
}
