package io.freshet.cli.predict;

import io.freshet.cli.predict.EncodedRow.Encoded;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Scorer;
import io.freshet.learning.predict.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The predictions of some rows, in their order. The rows of one key are predicted together, as the server predicts those of one
 * request.
 *
 * @param numbers empty for a rejected row
 */
record Predictions(List<EncodedRow> rows, float[][] numbers) {
    private static final float[] NONE = {};

    /** The rows of one key. */
    private record Group(Snapshot snapshot, List<Sample> samples, List<Integer> places) {}

    static Predictions of(List<EncodedRow> rows, Scorer scorer) {
        Map<String, Group> groups = new LinkedHashMap<>();
        float[][] numbers = new float[rows.size()][];
        for (int i = 0; i < numbers.length; i++) {
            Encoded encoded = rows.get(i).encoded();
            if (encoded == null) {
                numbers[i] = NONE;
            } else {
                Group group = groups.computeIfAbsent(
                        encoded.snapshot().key(),
                        key -> new Group(encoded.snapshot(), new ArrayList<>(), new ArrayList<>()));
                group.samples.add(encoded.sample());
                group.places.add(i);
            }
        }
        for (Group group : groups.values()) {
            float[][] predicted = scorer.predict(group.snapshot, group.samples);
            for (int i = 0; i < predicted.length; i++) {
                numbers[group.places.get(i)] = predicted[i];
            }
        }
        return new Predictions(rows, numbers);
    }

    /** Returns why a row has no prediction; null if it has one. */
    @Nullable String rejection(int i) {
        if (rows.get(i).encoded() == null) {
            return String.valueOf(rows.get(i).reason());
        }
        for (float number : numbers[i]) {
            if (!Float.isFinite(number)) {
                return InvalidSampleException.of("prediction", number, "finite; the inputs may be too large")
                        .getMessage();
            }
        }
        return null;
    }
}
