package io.freshet.server.predict;

import io.freshet.server.store.ParameterSet;
import org.jspecify.annotations.Nullable;

/**
 * What predicts a row of a request.
 *
 * @param set the parameters, or null if the row has no prediction
 * @param error why it has none, or ""
 * @param label the label of the parameters by which they were selected, or ""
 * @param share the probability with which the label was selected; null if there was no choice
 */
public record RowSource(
        @Nullable ParameterSet set,
        String error,
        String label,
        @Nullable Double share) {
    public static RowSource of(ParameterSet set) {
        return labeled(set, "");
    }

    /** @param label by which the parameters were named, or "" */
    public static RowSource labeled(ParameterSet set, String label) {
        return new RowSource(set, "", label, null);
    }

    public static RowSource none(String error) {
        return new RowSource(null, error, "", null);
    }
}
