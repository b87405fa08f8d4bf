package io.freshet.schemas.kafka;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The key field of a model in a row.
 *
 * @param place among the texts of the layout
 */
public record KeyField(String name, int place) {
    /** Returns the key field; null for a model without one. */
    public static @Nullable KeyField of(ModelSpec spec, RowLayout layout) {
        String name = spec.key();
        return name == null ? null : new KeyField(name, layout.text(name));
    }

    /** @throws InvalidSampleException if the row has no key, or an empty or too long one */
    public void check(Row row) throws InvalidSampleException {
        if (!row.hasText(place)) {
            throw InvalidSampleException.of(name, "missing", "a text, the key");
        }
        int length = row.textTo(place) - row.textFrom(place);
        if (!ParameterKey.isKeyLength(length)) {
            throw InvalidSampleException.of(name, "a text of " + length + " bytes", ParameterKey.EXPECTED_KEY);
        }
    }
}
