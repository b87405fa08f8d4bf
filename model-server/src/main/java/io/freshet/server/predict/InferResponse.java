package io.freshet.server.predict;

import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.RequestParameters;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedSpec;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The result of an inference request, before it is serialized.
 *
 * @param request the request
 * @param spec specification that defines the outputs and their shapes
 * @param sources what predicted the rows: one for all, or one per row for a keyed model
 * @param predictions one array per row: K numbers, or K per step of a sequence; none for a row with an error
 * @param explanations for each row, the contributions of the features to each explained logit, by name; empty unless requested,
 *     and for a row with an error
 * @param steps length of the longest sequence, or 1 if the model has no sequences
 * @param outputs requested outputs, in order
 * @param age age in seconds of parameters with a watermark, when the rows were predicted; NaN before the first sample
 */
public record InferResponse(
        InferRequest request,
        ServedSpec spec,
        List<RowSource> sources,
        float[][] predictions,
        List<List<Map<String, Double>>> explanations,
        int steps,
        List<Output> outputs,
        LongToDoubleFunction age) {

    public int rows() {
        return predictions.length;
    }

    /** Returns this response without what needs much more memory than the answers: the inputs and the explanations. */
    public InferResponse withoutInputs() {
        return new InferResponse(
                new InferRequest(request.id(), request.rows(), List.of(), List.of(), RequestParameters.NONE),
                spec,
                sources,
                predictions,
                List.of(),
                steps,
                outputs,
                age);
    }

    /** Returns the size of the predictions in memory. */
    public long predictionBytes() {
        long numbers = 0;
        for (float[] prediction : predictions) {
            numbers += prediction.length;
        }
        return Float.BYTES * numbers;
    }

    /** Returns the parameter set that predicted a row, which must not have an error. */
    public ParameterSet set(int row) {
        return Objects.requireNonNull(source(row).set(), "a row with an error");
    }

    /** Returns why a row has no prediction, or "". */
    public String error(int row) {
        return source(row).error();
    }

    /** Returns the label by which the parameters of a row were selected, or "". */
    public String versionLabel(int row) {
        return source(row).label();
    }

    private RowSource source(int row) {
        return sources.get(sources.size() == 1 ? 0 : row);
    }

    /** Returns the age in seconds of the parameters that predicted a row, or NaN if they have learned no sample. */
    double ageSeconds(int row) {
        return age.applyAsDouble(set(row).watermark());
    }

    /**
     * Returns the parameters of the response: those of the request that the server does not know, and which parameters
     * predicted the rows. Values are strings, numbers, and booleans.
     */
    public Map<String, Object> parameters() {
        Map<String, Object> parameters =
                new LinkedHashMap<>(request.parameters().others());
        if (!spec.isKeyed()) {
            parameters.put("samples_learned", set(0).version());
            if (!versionLabel(0).isEmpty()) {
                parameters.put("version_label", versionLabel(0));
            }
        }
        parameters.put("lane", lanes());
        long watermark = watermark();
        if (watermark != Long.MIN_VALUE) {
            parameters.put("watermark", Instant.ofEpochMilli(watermark).toString());
            parameters.put("age_seconds", age.applyAsDouble(watermark));
        }
        if (request.parameters().lineage() && !spec.isKeyed()) {
            parameters.put("offsets", set(0).offsets());
        }
        return parameters;
    }

    /** Returns the lane of the parameters, or both if the rows differ. */
    private String lanes() {
        if (sources.size() == 1 && sources.get(0).set() != null) {
            return set(0).lane().label();
        }
        Set<Lane> lanes = EnumSet.noneOf(Lane.class);
        for (RowSource source : sources) {
            if (source.set() != null) {
                lanes.add(source.set().lane());
            }
        }
        return lanes.stream().map(Lane::label).sorted().collect(Collectors.joining(","));
    }

    /**
     * Returns the watermark of the stalest parameter set: the newest event time it has learned, in milliseconds since
     * 1970, or Long.MIN_VALUE if none has learned a sample.
     */
    private long watermark() {
        long watermark = Long.MAX_VALUE;
        for (RowSource source : sources) {
            ParameterSet set = source.set();
            // Parameters that have learned nothing are not stale.
            if (set != null && set.version() > 0) {
                watermark = Math.min(watermark, set.watermark());
            }
        }
        return watermark == Long.MAX_VALUE ? Long.MIN_VALUE : watermark;
    }
}
