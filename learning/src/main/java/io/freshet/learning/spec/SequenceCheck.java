package io.freshet.learning.spec;

import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.spec.feature.MissingSpec;
import io.freshet.learning.yaml.SpecException;

/** Checks that a sequence model has features with steps, and that no other model has a sequence length. */
final class SequenceCheck {
    /** Maximum number of logits per sequence, limited by the arrays of a batch. */
    private static final int MAXIMUM_LOGITS = 1 << 22;

    private SequenceCheck() {}

    /** @throws SpecException if a sequence has a feature without steps, or another model has a sequence length */
    static void check(ModelSpec spec) {
        FeatureSpec features = spec.features();
        if (spec.model().steps() == 0) {
            if (features.length() != null) {
                throw SpecException.of("features.length", features.length(), "none, but for model.type sequence");
            }
            return;
        }
        requireNone("categorical", features.categorical().isEmpty(), features.categorical());
        requireNone("cross", features.cross().isEmpty(), features.cross());
        requireNone("sparse", features.sparse().isEmpty(), features.sparse());
        requireNone("time", features.times().isEmpty(), features.timeFields());
        if (!features.missing().equals(MissingSpec.REJECT)) {
            throw SpecException.of(
                    "features.missing", features.missing().write(), "reject; a sequence has every step's features");
        }
        if ((long) spec.model().steps() * spec.outputs() > MAXIMUM_LOGITS) {
            throw SpecException.of("outputs", spec.outputs(), "outputs * model.steps up to 2^22");
        }
    }

    private static void requireNone(String kind, boolean none, Object fields) {
        if (!none) {
            throw SpecException.of(
                    "features." + kind, fields, "none; a sequence has dense vectors and tokens, step by step");
        }
    }
}
