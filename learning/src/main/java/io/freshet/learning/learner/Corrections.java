package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a sample whose label may change adds to what was learned of its request, so that the request counts with its newest label,
 * once.
 *
 * <pre>
 *   nothing was learned        the whole sample, unless it is held out or has no weight
 *   label y' was learned       the change from y' to its label, with the weight of y'; nothing if both are the same
 *   unknown                    the change from its previous label, unless it is held out or has no weight
 * </pre>
 *
 * So a label that was not learned, as while the model was frozen, is in the next change. Pinned by {@code CorrectionsTest}.
 */
final class Corrections {
    private final boolean learnsChanges;

    Corrections(ModelSpec spec) {
        learnsChanges = spec.learnsChanges();
    }

    /**
     * Returns what to learn of a sample; null for nothing.
     *
     * @param place of the prediction of its request
     */
    @Nullable Sample rest(OpenPredictions open, int place, Sample sample) {
        float last = open.learned(place);
        boolean isUnknown = last == OpenPredictions.UNKNOWN;
        float learned = isUnknown ? sample.previous() : last;
        boolean isLearned = !isUnknown && !Float.isNaN(learned);
        boolean hasWeight = isLearned && open.weight(place) > 0;
        float weight = hasWeight ? open.weight(place) : sample.weight();
        if (weight == 0 || sample.holdout() && !isLearned) {
            return null;
        }
        if (Float.compare(learned, sample.previous()) == 0 && weight == sample.weight()) {
            return sample;
        }
        return Float.isNaN(learned) || isLearnable(learned, sample.label()[0]) ? sample.after(learned, weight) : null;
    }

    private boolean isLearnable(float learned, float label) {
        return learnsChanges && label != learned;
    }
}
