package io.freshet.server.predict;

import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of an inference request, before it is serialized.
 *
 * @param id request id, or null
 * @param spec specification that defines the outputs and their shapes
 * @param sets parameter sets used: one for all rows, or one per row for a keyed model
 * @param predictions one array per row: K numbers, or K per step of a sequence
 * @param steps length of the longest sequence, or 1 if the model has no sequences
 * @param outputs requested outputs, in order
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

    /** Returns the parameter set that predicted a row. */
    public ParameterSet set(int row) {
        return sets.get(sets.size() == 1 ? 0 : row);
    }

    /**
     * Returns the watermark of the stalest parameter set: the newest event time it has learned, in milliseconds since
     * 1970, or Long.MIN_VALUE before its first sample.
     */
    public long watermark() {
        long watermark = Long.MAX_VALUE;
        for (ParameterSet set : sets) {
            watermark = Math.min(watermark, set.watermark());
        }
        return watermark;
    }
}
