package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.LeadingEntries;

/** How evaluated samples change the parameters. Holds scratch space: use one per thread. */
sealed interface Rule permits GradientRule, LookAheadRule {
    /** Forgets the samples added. */
    void clear();

    /**
     * Adds samples [from, to), the last evaluated.
     *
     * @param total weight of the batch, of which each sample gets its share; 0 if all weights are
     * @return an upper bound on the magnitudes that decide whether the samples can be learned; NaN or infinite if unknown
     */
    float add(LearnerState state, Batch batch, int from, int to, double total);

    /** Returns the largest magnitude of what was added, exactly. */
    float largestMagnitude();

    /** Changes the parameters by the added samples, those of a batch. */
    void apply(LearnerState state, Batch batch);

    /** Returns whether a sample can be learned without packing it, by {@link #applyOne}. */
    boolean learnsInPlace();

    /**
     * Changes the parameters by the sample of the last {@link io.freshet.learning.predict.Evaluator#evaluateOne}, and records it.
     *
     * @param bound on the magnitude of the values of its entries; NaN or infinite if unknown
     * @return false if the sample might have to be rejected; then nothing changed
     */
    boolean applyOne(LearnerState state, Sample sample, LeadingEntries leading, float bound);
}
