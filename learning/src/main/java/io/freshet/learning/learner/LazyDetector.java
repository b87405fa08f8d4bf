package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Detector;
import io.freshet.learning.spec.DetectorSpec;
import org.jspecify.annotations.Nullable;

/** A detector, created from its saved state when a specification is attached. Only the detector itself changes. */
public final class LazyDetector {
    private static final double[] NO_STATE = {};

    /** No detector. */
    static final LazyDetector NONE = new LazyDetector("", NO_STATE);

    private final String saved;
    private final double[] savedState;
    private final @Nullable DetectorSpec spec;
    private final @Nullable Detector detector;

    /**
     * @param settings {@link DetectorSpec#settings}, or "" for no detector
     * @param state of the detector, saved
     */
    public LazyDetector(String settings, double[] state) {
        this(settings, state, null, null);
    }

    private LazyDetector(String saved, double[] savedState, @Nullable DetectorSpec spec, @Nullable Detector detector) {
        this.saved = saved;
        this.savedState = savedState;
        this.spec = spec;
        this.detector = detector;
    }

    /** Returns {@link DetectorSpec#settings}, or "" for no detector. */
    public String settings() {
        return spec == null ? saved : spec.settings();
    }

    /** Returns the state of the detector, to save. */
    public double[] state() {
        return detector == null ? savedState : detector.state();
    }

    /** Returns the detector, or null without a detector or an attached specification. */
    @Nullable Detector detector() {
        return detector;
    }

    /** Returns the detector of a specification, with the current state if its settings are unchanged. */
    LazyDetector attach(@Nullable DetectorSpec newSpec) {
        if (newSpec == null) {
            return NONE;
        }
        boolean same = newSpec.settings().equals(settings());
        if (detector != null && same) {
            return this;
        }
        Detector created = newSpec.detector();
        if (same) {
            created.restore(savedState);
        }
        return new LazyDetector("", NO_STATE, newSpec, created);
    }

    LazyDetector copy() {
        return detector == null ? this : new LazyDetector(settings(), state().clone());
    }
}
