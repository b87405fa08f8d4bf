package io.freshet.learning.learner;

import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.DetectorSpec;
import io.freshet.learning.spec.WatchSpec;
import io.freshet.learning.watch.Detector;
import io.freshet.learning.watch.Divergence;
import io.freshet.learning.watch.Event;
import io.freshet.learning.watch.UpdateNorm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches one model and key learn, and keeps what it finds until the window has ended. Whether a model explodes say its
 * loss and the norm of its updates.
 *
 * <p>Part of the learner's state: after a restart, the same samples lead to the same events. A detector whose settings
 * change starts anew. Of more than {@value #MOST_EVENTS} events in one window the newest are kept. Takes a sample or a
 * window in without allocating, unless there is an event.
 */
public final class Watcher {
    static final int MOST_EVENTS = 100;

    private final Slot drift;
    private final Slot divergence;
    private final Slot norm;
    private final Slot plateau;
    private final List<Event> events;
    private @Nullable WatchSpec attached;

    Watcher() {
        this(Slot.none(), Slot.none(), Slot.none(), Slot.none(), List.of());
    }

    Watcher(Slot drift, Slot divergence, Slot norm, Slot plateau, List<Event> events) {
        this.drift = drift;
        this.divergence = divergence;
        this.norm = norm;
        this.plateau = plateau;
        this.events = new ArrayList<>(events);
    }

    /** The detector of one kind, or its state for want of the specification that makes one. */
    static final class Slot {
        private static final double[] NOTHING = {};

        private String settings;
        private double[] saved;
        private @Nullable Detector detector;

        /**
         * @param settings as {@link DetectorSpec#settings} has them, or "" for no detector
         * @param saved its state
         */
        Slot(String settings, double[] saved) {
            this.settings = settings;
            this.saved = saved;
        }

        static Slot none() {
            return new Slot("", NOTHING);
        }

        String settings() {
            return settings;
        }

        double[] state() {
            return detector == null ? saved : detector.state();
        }

        private void attach(@Nullable DetectorSpec wanted) {
            String wantedSettings = wanted == null ? "" : wanted.settings();
            boolean same = wantedSettings.equals(settings);
            if (wanted == null) {
                detector = null;
            } else if (detector == null || !same) {
                detector = wanted.detector();
                if (same) {
                    detector.restore(saved);
                }
            }
            settings = wantedSettings;
            saved = NOTHING;
        }

        private void restart() {
            settings = "";
            detector = null;
            saved = NOTHING;
        }

        private Slot copy() {
            return new Slot(settings, state().clone());
        }
    }

    /** Makes it watch as a specification says, going on from where it is. */
    void attach(WatchSpec spec) {
        if (attached != spec) {
            drift.attach(spec.drift());
            divergence.attach(spec.divergence());
            norm.attach(spec.norm());
            plateau.attach(spec.plateau());
            attached = spec;
        }
    }

    /** Takes in the loss of a sample, the so manieth that the model has learned from. */
    void sample(double loss, long samples) {
        update(drift, Event.Kind.DRIFT, loss, samples, "", List.of());
    }

    /**
     * Takes in a window that ended after so many samples.
     *
     * @param updates of the window; their norms say nothing if there were none
     * @param action what is done should it explode, or "" for nothing
     * @param lineage knows where its samples stand
     */
    void window(double loss, UpdateMetrics updates, long samples, String action, Lineage lineage) {
        update(divergence, Event.Kind.DIVERGENCE, loss, samples, action, lineage.window());
        if (updates.updates() > 0) {
            update(norm, Event.Kind.DIVERGENCE, updates.updateNorm(), samples, action, lineage.window());
        }
        update(plateau, Event.Kind.PLATEAU, loss, samples, "", List.of());
    }

    private void update(
            Slot slot, Event.Kind kind, double value, long samples, String action, List<Event.Offsets> samplesIn) {
        Detector detector = slot.detector;
        if (detector != null && detector.update(value)) {
            if (events.size() == MOST_EVENTS) {
                events.remove(0);
            }
            String done = isExploded(detector) ? action : "";
            events.add(new Event(kind, detector.name(), samples, detector.before(), detector.after(), done, samplesIn));
        }
    }

    /** Whether the last window exploded. */
    boolean isExploded() {
        return isExploded(divergence.detector) || isExploded(norm.detector);
    }

    private static boolean isExploded(@Nullable Detector detector) {
        return detector instanceof Divergence loss && loss.isExploded()
                || detector instanceof UpdateNorm updates && updates.isExploded();
    }

    /** Whether a window of this loss would explode. */
    boolean explodes(double loss) {
        return divergence.detector instanceof Divergence detector && detector.explodes(loss);
    }

    /** Forgets what windows were before: the model starts anew. */
    void forgetWindows() {
        divergence.restart();
        norm.restart();
        plateau.restart();
        attached = null;
    }

    /** Returns what was found since the last window ended, in order. */
    public List<Event> events() {
        return Collections.unmodifiableList(events);
    }

    void clearEvents() {
        if (!events.isEmpty()) {
            events.clear();
        }
    }

    Slot drift() {
        return drift;
    }

    Slot divergence() {
        return divergence;
    }

    Slot norm() {
        return norm;
    }

    Slot plateau() {
        return plateau;
    }

    Watcher copy() {
        return new Watcher(drift.copy(), divergence.copy(), norm.copy(), plateau.copy(), events);
    }
}
