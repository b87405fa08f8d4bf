package io.freshet.server.inspect;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values for the inputs of a model to try: those of the newest record that has all of them, or else the running means of its
 * numbers. Only what a request may have is shown, never the label, the weight, or other fields of the record.
 */
final class ExampleRow {
    /** Characters of a text, and numbers of a vector, beyond which a record is no example. */
    private static final int LONGEST = 4_096;

    private final ServedSpec served;

    ExampleRow(ServedSpec served) {
        this.served = served;
    }

    /**
     * Returns the values by input, and where they are from.
     *
     * @param set whose means to use without a record; null for none
     * @param key preferred; "" for any
     */
    JsonObject of(SampleRecords records, @Nullable ParameterSet set, String key) {
        // The newest of any key, and the newest of this key.
        JsonObject[] found = new JsonObject[2];
        records.read(served, row -> {
            JsonObject values = values(row);
            if (values == null) {
                return false;
            }
            JsonObject example = new JsonObject()
                    .put("source", "record")
                    .put("at", Instant.ofEpochMilli(row.eventTime()).toString())
                    .put("values", values);
            boolean isOfKey = key.isEmpty() || SampleRecords.isOf(row, served, key);
            found[0] = found[0] == null ? example : found[0];
            found[1] = isOfKey ? example : null;
            return isOfKey;
        });
        JsonObject example = found[1] == null ? found[0] : found[1];
        return example == null ? means(set) : example;
    }

    /** Returns the inputs in a row, or null if it lacks one that a request must have. */
    private @Nullable JsonObject values(Row row) {
        JsonObject values = new JsonObject();
        RowLayout layout = served.layout();
        for (RequestFields.Field field : served.fields().numbers()) {
            if (row.hasNumber(field.place()) && Double.isFinite(row.number(field.place()))) {
                values.put(field.name(), row.number(field.place()));
            } else if (!field.optional()) {
                return null;
            }
        }
        for (RequestFields.Field field : served.fields().texts()) {
            String text = text(row, field, layout);
            if (text != null && text.length() <= LONGEST) {
                values.put(field.name(), text);
            } else if (!field.optional()) {
                return null;
            }
        }
        for (FeatureSpec.Dense vector : served.spec().features().dense()) {
            int place = layout.vector(vector.field());
            if (!row.hasVector(place) || row.vectorLength(place) > LONGEST) {
                return null;
            }
            JsonArray numbers = new JsonArray();
            for (int i = 0; i < row.vectorLength(place); i++) {
                if (!Float.isFinite(row.vector(place)[i])) {
                    return null;
                }
                numbers.add(row.vector(place)[i]);
            }
            values.put(RowLayout.wireName(vector.field()), numbers);
        }
        return values;
    }

    /** Returns a text, the pairs of a sparse vector, or a time, as a request has it; null if the row lacks it. */
    private static @Nullable String text(Row row, RequestFields.Field field, RowLayout layout) {
        if (row.hasText(field.place())) {
            return row.text(field.place());
        }
        if (row.hasSparse(field.place())) {
            StringBuilder pairs = new StringBuilder();
            for (int i = 0; i < row.sparseLength(field.place()) && pairs.length() <= LONGEST; i++) {
                pairs.append(i == 0 ? "" : " ")
                        .append(row.sparseIndices(field.place())[i])
                        .append(':')
                        .append(row.sparseValues(field.place())[i]);
            }
            return pairs.toString();
        }
        int number = layout.times().contains(field.name()) ? layout.number(field.name()) : -1;
        return number >= 0 && row.hasNumber(number)
                ? Instant.ofEpochMilli((long) row.number(number)).toString()
                : null;
    }

    private JsonObject means(@Nullable ParameterSet set) {
        JsonObject values = new JsonObject();
        if (set != null && set.served() == served) {
            ModelSpec spec = served.spec();
            Snapshot snapshot = set.snapshot();
            Standardizer standardizer = spec.features().standardizer();
            List<String> numeric = spec.features().numeric();
            for (int i = 0; i < numeric.size(); i++) {
                double mean = standardizer.mean(snapshot.moments(), i);
                if (Double.isFinite(mean)) {
                    values.put(numeric.get(i), mean);
                }
            }
        }
        return new JsonObject()
                .put("source", values.isEmpty() ? "none" : "means")
                .put("values", values);
    }
}
