package io.freshet.learning.learner;

import io.freshet.learning.spec.DetectorSpec;
import io.freshet.learning.watch.Detector;
import org.jspecify.annotations.Nullable;

/** A detector, created from its saved state when a specification is attached. */
public final class LazyDetector {
    private static final double[] NO_STATE = {};

    private String settings;
    private double[] saved;
    private @Nullable Detector detector;

    /**
     * @param settings {@link DetectorSpec#settings}, or "" for no detector
     * @param saved state of the detector
     */
    public LazyDetector(String settings, double[] saved) {
        this.settings = settings;
        this.saved = saved;
    }

    static LazyDetector none() {
        return new LazyDetector("", NO_STATE);
    }

    /** Returns {@link DetectorSpec#settings}, or "" for no detector. */
    public String settings() {
        return settings;
    }

    /** Returns the state of the detector, to save. */
    public double[] state() {
        return detector == null ? saved : detector.state();
    }

    /** Returns the detector, or null without a detector or an attached specification. */
    @Nullable Detector detector() {
        return detector;
    }

    /** Uses the detector of a specification; restores the saved state if its settings are unchanged. */
    void attach(@Nullable DetectorSpec spec) {
        String newSettings = spec == null ? "" : spec.settings();
        boolean same = newSettings.equals(settings);
        if (spec == null) {
            detector = null;
        } else if (detector == null || !same) {
            detector = spec.detector();
            if (same) {
                detector.restore(saved);
            }
        }
        settings = newSettings;
        saved = NO_STATE;
    }

    /** Discards the detector; the next {@link #attach} starts a new one. */
    void restart() {
        settings = "";
        detector = null;
        saved = NO_STATE;
    }

    LazyDetector copy() {
        return new LazyDetector(settings, state().clone());
    }
}
