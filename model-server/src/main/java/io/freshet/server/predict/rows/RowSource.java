package io.freshet.server.predict.rows;

import io.freshet.server.store.ParameterSet;
import org.jspecify.annotations.Nullable;

/**
 * What predicts a row of a request.
 *
 * @param set the parameters, or null if the row has no prediction
 * @param error why it has none, or ""
 * @param label the label of the parameters by which they were selected, or ""
 */
public record RowSource(@Nullable ParameterSet set, String error, String label) {
    public static RowSource of(ParameterSet set) {
        return new RowSource(set, "", "");
    }

    public static RowSource none(String error) {
        return new RowSource(null, error, "");
    }
}
