package io.freshet.cli.predict;

import io.freshet.cli.input.InputException;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.KeyField;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one model by key; a model without a key has one, under "".
 *
 * @param spec the specification of all of them
 */
public record ModelSnapshots(ModelSpec spec, Map<String, Snapshot> byKey) {
    public ModelSnapshots {
        byKey = Map.copyOf(byKey);
    }

    /** @param published snapshots of {@code spec}, one for each key */
    public static ModelSnapshots of(ModelSpec spec, Collection<PublishedSnapshot> published) {
        Map<String, Snapshot> byKey = new HashMap<>();
        published.forEach(each -> byKey.put(each.snapshot().key(), each.snapshot()));
        return new ModelSnapshots(spec, byKey);
    }

    /**
     * Returns all snapshots of a file or a topic.
     *
     * @param source to name in errors
     * @throws InputException if there are none, or if they are of several models or specifications
     */
    public static ModelSnapshots of(String source, Collection<PublishedSnapshot> published) throws InputException {
        TreeSet<String> specs = new TreeSet<>();
        published.forEach(each -> specs.add(each.snapshot().spec().name() + " (" + each.specHash() + ")"));
        if (specs.size() != 1) {
            throw new InputException(
                    source + ": snapshots of " + (specs.isEmpty() ? "no model" : String.join(", ", specs))
                            + " (expected: of one model and specification)");
        }
        return of(published.iterator().next().snapshot().spec(), published);
    }

    /**
     * Returns the snapshot that predicts a row.
     *
     * @param field of the key; null for a model without one
     * @throws InvalidSampleException if the row has no key, or one without a snapshot
     */
    Snapshot of(Row row, @Nullable KeyField field) throws InvalidSampleException {
        if (field == null) {
            return require("", "model", spec.name());
        }
        field.check(row);
        String key = row.text(field.place());
        return require(key, field.name(), key);
    }

    private Snapshot require(String key, String field, String value) throws InvalidSampleException {
        Snapshot snapshot = byKey.get(key);
        if (snapshot == null) {
            throw InvalidSampleException.of(
                    field, value, key.isEmpty() ? "one that was learned" : "a key that was learned");
        }
        return snapshot;
    }
}
