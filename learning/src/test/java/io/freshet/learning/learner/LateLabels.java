package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;

/** Makes the samples of a request whose label changes from a complete one. */
public final class LateLabels {
    private LateLabels() {}

    public static Sample open(Sample sample, float label, long id) {
        return with(sample, label, new Revision(Stage.OPEN, id(id), Float.NaN));
    }

    public static Sample changed(Sample sample, float label, float previous, long id) {
        return with(sample, label, new Revision(Stage.CHANGED, id(id), previous));
    }

    public static Sample closed(Sample sample, float label, long id) {
        return Sample.closed(new float[] {label}, sample.holdout(), sample.position(), id(id));
    }

    /** Lets a state count the label that a sample replaces as learned. */
    public static Sample replacing(LearnerState state, Sample changed, int logits) {
        OpenPredictions open = state.useOpenPredictions(logits);
        int place = open.add(changed.revision().id(), new float[logits], changed.weight(), false);
        open.learn(place, changed.previous());
        return changed;
    }

    private static Sample with(Sample sample, float label, Revision revision) {
        return new Sample(
                sample.features(), new float[] {label}, sample.weight(), sample.holdout(), sample.position(), revision);
    }

    private static SampleId id(long id) {
        return new SampleId(id * 0x9e3779b97f4a7c15L, id);
    }
}
