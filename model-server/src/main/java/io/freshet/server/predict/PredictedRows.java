package io.freshet.server.predict;

import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.server.store.ParameterSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a request with their predictions, and what predicted them.
 *
 * @param sources one for all rows, or one per row for a keyed model
 * @param predictions one array per row: K numbers, or K per step of a sequence; none for a row with an error
 * @param explanations for each row, the contributions of the features to each explained logit, by name; empty unless requested,
 *     and for a row with an error
 */
public record PredictedRows(
        List<RowSource> sources, float[][] predictions, List<List<Map<String, Double>>> explanations) {

    public int count() {
        return predictions.length;
    }

    /** Returns the length of the longest prediction. */
    public int longest() {
        int longest = 0;
        for (float[] prediction : predictions) {
            longest = Math.max(longest, prediction.length);
        }
        return longest;
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

    /** Returns the probability with which the label of a row was selected; null if there was no choice. */
    public @Nullable Double share(int row) {
        return source(row).share();
    }

    private RowSource source(int row) {
        return sources.get(sources.size() == 1 ? 0 : row);
    }

    /** Returns the lane of the parameters, or both if the rows differ. */
    public String lanes() {
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
    public long watermark() {
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
