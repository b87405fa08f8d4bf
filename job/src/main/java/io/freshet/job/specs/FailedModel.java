package io.freshet.job.specs;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * A model that is not learned with a specification.
 *
 * @param spec null if this version refuses it
 */
public record FailedModel(
        String model, String specHash, @Nullable ModelSpec spec, ModelFailure failure) {
    public static FailedModel of(Learner learner, ModelFailure failure) {
        return new FailedModel(learner.spec().name(), learner.hash(), learner.spec(), failure);
    }

    /** Returns a tally of the model without samples. */
    public Tally nothing() {
        return spec == null
                ? Tally.of(Task.REGRESSION, 1)
                : Tally.of(spec.loss().task(), spec.outputs());
    }
}
