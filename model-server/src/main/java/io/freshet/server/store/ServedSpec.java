package io.freshet.server.store;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Objects;

/**
 * A specification in service, shared by all sets that use it.
 *
 * @param spec defines the inputs and outputs of a request
 * @param hash the publisher's hash of it
 * @param layout positions of its fields in a row
 * @param shape state shared by its predictors
 */
public record ServedSpec(ModelSpec spec, String hash, RowLayout layout, Predictor.Shape shape) {
    public static ServedSpec of(ModelSpec spec, String hash) {
        return new ServedSpec(spec, hash, RowLayout.of(List.of(spec)), new Predictor.Shape(spec));
    }

    /** Returns whether there is one model per value of a key field. */
    public boolean isKeyed() {
        return spec.key() != null;
    }

    /** Returns whether predictions have the same form and meaning, so one response can mix rows of both. */
    public boolean isCompatibleWith(ServedSpec other) {
        return Objects.equals(spec.key(), other.spec.key())
                && spec.loss().task() == other.spec.loss().task()
                && spec.outputs() == other.spec.outputs()
                && spec.logitCount() == other.spec.logitCount();
    }
}
