package io.freshet.server.predict;

import io.freshet.server.request.InferRequest;
import io.freshet.server.store.ServedSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;

/**
 * The result of an inference request, before it is serialized.
 *
 * @param request the request
 * @param spec specification that defines the outputs and their shapes
 * @param rows the rows with their predictions
 * @param steps length of the longest sequence, or 1 if the model has no sequences
 * @param outputs requested outputs, in order
 * @param age age in seconds of parameters with a watermark, when the rows were predicted; NaN before the first sample
 */
public record InferResponse(
        InferRequest request,
        ServedSpec spec,
        PredictedRows rows,
        int steps,
        List<ModelOutput> outputs,
        LongToDoubleFunction age) {

    /** Returns the age in seconds of the parameters that predicted a row, or NaN if they have learned no sample. */
    public double ageSeconds(int row) {
        return age.applyAsDouble(rows.set(row).watermark());
    }

    /**
     * Returns the parameters of the response: those of the request that the server does not know, and which parameters
     * predicted the rows. Values are strings, numbers, and booleans.
     */
    public Map<String, Object> parameters() {
        Map<String, Object> parameters =
                new LinkedHashMap<>(request.parameters().others());
        if (!spec.isKeyed()) {
            parameters.put("samples_learned", rows.set(0).version());
            if (!rows.versionLabel(0).isEmpty()) {
                parameters.put("version_label", rows.versionLabel(0));
            }
        }
        parameters.put("lane", rows.lanes());
        long watermark = rows.watermark();
        if (watermark != Long.MIN_VALUE) {
            parameters.put("watermark", Instant.ofEpochMilli(watermark).toString());
            parameters.put("age_seconds", age.applyAsDouble(watermark));
        }
        if (request.parameters().lineage() && !spec.isKeyed()) {
            parameters.put("offsets", rows.set(0).offsets());
        }
        return parameters;
    }
}
