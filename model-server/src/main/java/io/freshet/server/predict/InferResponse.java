package io.freshet.server.predict;

import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request to infer, before it is written.
 *
 * @param id of the request, or null
 * @param spec what the outputs follow from
 * @param sets that answered: one for all rows, or one for each row of a model with keys
 * @param predictions of each row: K numbers, or K for each step of a sequence
 * @param steps of the longest sequence; 1 where there are none
 * @param outputs those wanted, in order
 */
public record InferResponse(
        @Nullable String id,
        ServedSpec spec,
        List<ParameterSet> sets,
        float[][] predictions,
        int steps,
        List<Output> outputs) {

    public int rows() {
        return predictions.length;
    }

    /** Returns the set that answered a row. */
    public ParameterSet set(int row) {
        return sets.get(sets.size() == 1 ? 0 : row);
    }

    /** Returns the newest event time of the stalest set, milliseconds since 1970; Long.MIN_VALUE if it has none. */
    public long watermark() {
        long watermark = Long.MAX_VALUE;
        for (ParameterSet set : sets) {
            watermark = Math.min(watermark, set.watermark());
        }
        return watermark;
    }
}
