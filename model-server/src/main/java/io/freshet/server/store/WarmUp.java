package io.freshet.server.store;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;

/**
 * Predicts one synthetic sample with the first parameter set of a specification, before it is served. No request then
 * waits for native libraries to load (0.1 s), and a model that cannot predict is not served.
 */
final class WarmUp {
    /** Valid as a category, a word, and an index-value pair. */
    private static final String TEXT = "0:0";

    private WarmUp() {}

    /** @throws IllegalStateException if the set cannot predict on this machine, with the reason */
    static void run(ParameterSet set) {
        try {
            set.predictor().predict(sample(set.served()));
        } catch (InvalidSampleException e) {
            throw new IllegalStateException("model " + set.served().spec().name() + ", warm-up: " + e.getMessage(), e);
        }
    }

    private static Sample sample(ServedSpec served) throws InvalidSampleException {
        ModelSpec spec = served.spec();
        RowLayout layout = served.layout();
        Row row = new Row(layout);
        // The numbers include the length of a sequence, which is 1 here.
        spec.inputNumberFields().forEach(field -> row.number(layout.number(field), 1));
        spec.inputTextFields().forEach(field -> row.copyText(layout.text(field), TEXT));
        // A time is read as a number, if there is one.
        spec.features().timeFields().forEach(field -> row.number(layout.number(field), 0));
        for (FeatureSpec.Dense vector : spec.features().dense()) {
            row.vector(layout.vector(vector.field()), vector.length());
        }
        return new FeatureEncoder(spec, layout).encodeFeatures(row);
    }
}
