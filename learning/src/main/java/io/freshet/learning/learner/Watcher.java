package io.freshet.learning.learner;

import io.freshet.learning.spec.DetectorSpec;
import io.freshet.learning.spec.WatchSpec;
import io.freshet.learning.watch.Detector;
import io.freshet.learning.watch.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches one model and key learn, and keeps what it finds until the window has ended.
 *
 * <p>Part of the learner's state: after a restart, the same samples lead to the same events. A detector whose settings
 * change starts anew. Of more than {@value #MOST_EVENTS} events in one window the newest are kept. Takes a sample or a
 * window in without allocating, unless there is an event.
 */
public final class Watcher {
    static final int MOST_EVENTS = 100;

    private final Slot drift;
    private final Slot divergence;
    private final Slot plateau;
    private final List<Event> events;
    private @Nullable WatchSpec attached;

    Watcher() {
        this(new Slot("", new double[0]), new Slot("", new double[0]), new Slot("", new double[0]), List.of());
    }

    Watcher(Slot drift, Slot divergence, Slot plateau, List<Event> events) {
        this.drift = drift;
        this.divergence = divergence;
        this.plateau = plateau;
        this.events = new ArrayList<>(events);
    }

    /** The detector of one kind, or its state for want of the specification that makes one. */
    static final class Slot {
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
            saved = new double[0];
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
            plateau.attach(spec.plateau());
            attached = spec;
        }
    }

    /** Takes in the loss of a sample, the so manieth that the model has learned from. */
    void sample(double loss, long samples) {
        update(drift, Event.Kind.DRIFT, loss, samples);
    }

    /** Takes in the loss of a window that ended after so many samples. */
    void window(double loss, long samples) {
        update(divergence, Event.Kind.DIVERGENCE, loss, samples);
        update(plateau, Event.Kind.PLATEAU, loss, samples);
    }

    private void update(Slot slot, Event.Kind kind, double loss, long samples) {
        Detector detector = slot.detector;
        if (detector != null && detector.update(loss)) {
            if (events.size() == MOST_EVENTS) {
                events.remove(0);
            }
            events.add(new Event(kind, detector.name(), samples, detector.before(), detector.after()));
        }
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

    Slot plateau() {
        return plateau;
    }

    Watcher copy() {
        return new Watcher(drift.copy(), divergence.copy(), plateau.copy(), events);
    }
}
