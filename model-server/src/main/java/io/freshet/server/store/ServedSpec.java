package io.freshet.server.store;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Objects;

/**
 * A specification in use and what is derived from it, shared by all its parameter sets.
 *
 * @param spec the specification
 * @param hash its hash, as published
 * @param outcomeHash {@link ModelSpec#outcomeHash}
 * @param layout positions of its fields in a row
 * @param fields what a request may have
 * @param shape the part of a predictor that depends on the specification only
 * @param scratch encoder of the current thread
 */
public record ServedSpec(
        ModelSpec spec,
        String hash,
        String outcomeHash,
        RowLayout layout,
        RequestFields fields,
        Predictor.Shape shape,
        ThreadLocal<EncoderScratch> scratch) {
    public static ServedSpec of(ModelSpec spec, String hash) {
        RowLayout layout = RowLayout.of(List.of(spec));
        return new ServedSpec(
                spec,
                hash,
                spec.outcomeHash(),
                layout,
                RequestFields.of(spec, layout),
                new Predictor.Shape(spec),
                ThreadLocal.withInitial(() -> EncoderScratch.of(spec, layout)));
    }

    /** Returns whether each value of a key field has its own model. */
    public boolean isKeyed() {
        return spec.key() != null;
    }

    /**
     * Returns whether one model can have sets of both. With a key, one response mixes their rows, so predictions must have
     * the same shape, meaning, and names of classes.
     */
    public boolean isCompatibleWith(ServedSpec other) {
        return Objects.equals(spec.key(), other.spec.key()) && (!isKeyed() || hasOutputsOf(other));
    }

    /** Returns whether predictions have the same shape, meaning, and names of classes, whatever the key field. */
    public boolean hasOutputsOf(ServedSpec other) {
        return hasShapeOf(other) && spec.labels().equals(other.spec.labels());
    }

    private boolean hasShapeOf(ServedSpec other) {
        return spec.loss().task() == other.spec.loss().task()
                && spec.outputs() == other.spec.outputs()
                && spec.logitCount() == other.spec.logitCount();
    }
}
