package io.freshet.server.store;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Objects;

/**
 * A specification as it is served: shared by all sets that were learned by it.
 *
 * @param spec what a request's inputs and outputs follow from
 * @param hash fingerprint that the publisher gave it
 * @param layout the places of its fields in a row
 * @param shape what its predictors share
 */
public record ServedSpec(ModelSpec spec, String hash, RowLayout layout, Predictor.Shape shape) {
    public static ServedSpec of(ModelSpec spec, String hash) {
        return new ServedSpec(spec, hash, RowLayout.of(List.of(spec)), new Predictor.Shape(spec));
    }

    /** Whether there is one model for each value of a field. */
    public boolean isKeyed() {
        return spec.key() != null;
    }

    /** Whether answers have the same form and meaning: rows of both can stand in one response. */
    public boolean isCompatibleWith(ServedSpec other) {
        return Objects.equals(spec.key(), other.spec.key())
                && spec.loss().task() == other.spec.loss().task()
                && spec.outputs() == other.spec.outputs()
                && spec.logitCount() == other.spec.logitCount();
    }
}
