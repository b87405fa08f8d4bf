package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Detector;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.spec.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the detectors of drift, divergence, and plateaus of one model key, and keeps their events until the window ends. A
 * model has exploded if its loss or the norm of its updates has.
 *
 * <p>Part of the learner's state: after a restart, the same samples lead to the same events. A detector starts from scratch
 * when its settings change. Keeps the newest {@value #MAXIMUM_EVENTS} events of a window. Allocates only for an event.
 */
public final class Watcher {
    public static final int MAXIMUM_EVENTS = 100;

    private LazyDetector drift;
    private LazyDetector divergence;
    private LazyDetector norm;
    private LazyDetector plateau;
    /** Never changed in place. */
    private List<Event> events;

    private @Nullable WatchSpec attached;

    public Watcher() {
        this(LazyDetector.NONE, LazyDetector.NONE, LazyDetector.NONE, LazyDetector.NONE, List.of());
    }

    /** @param events since the last window ended, in order */
    public Watcher(
            LazyDetector drift, LazyDetector divergence, LazyDetector norm, LazyDetector plateau, List<Event> events) {
        this.drift = drift;
        this.divergence = divergence;
        this.norm = norm;
        this.plateau = plateau;
        this.events = List.copyOf(events);
    }

    /** Uses the detectors of a specification; unchanged ones continue. */
    public void attach(WatchSpec spec) {
        if (attached != spec) {
            drift = drift.attach(spec.drift());
            divergence = divergence.attach(spec.divergence());
            norm = norm.attach(spec.norm());
            plateau = plateau.attach(spec.plateau());
            attached = spec;
        }
    }

    /** Adds the loss of a sample; {@code samples} counts the samples learned, including this one. */
    public void sample(double loss, long samples) {
        update(drift, Event.Kind.DRIFT, loss, samples, "", List.of());
    }

    /**
     * Adds an ended window.
     *
     * @param updates metrics of its updates; ignored without updates
     * @param action taken if it exploded, or ""
     * @param lineage with the offsets of its samples
     */
    public void window(double loss, UpdateMetrics updates, long samples, String action, Lineage lineage) {
        update(divergence, Event.Kind.DIVERGENCE, loss, samples, action, lineage.window());
        if (updates.updates() > 0) {
            update(norm, Event.Kind.DIVERGENCE, updates.updateNorm(), samples, action, lineage.window());
        }
        update(plateau, Event.Kind.PLATEAU, loss, samples, "", List.of());
    }

    private void update(
            LazyDetector lazy,
            Event.Kind kind,
            double value,
            long samples,
            String action,
            List<Event.Offsets> samplesIn) {
        Detector detector = lazy.detector();
        if (detector != null && detector.update(value)) {
            String done = detector.isExploded() ? action : "";
            add(new Event(kind, detector.name(), samples, detector.before(), detector.after(), done, samplesIn));
        }
    }

    private void add(Event event) {
        List<Event> added =
                new ArrayList<>(events.size() == MAXIMUM_EVENTS ? events.subList(1, MAXIMUM_EVENTS) : events);
        added.add(event);
        events = List.copyOf(added);
    }

    /** Returns whether this is no different from a new one without a specification. */
    boolean isUnused() {
        return events.isEmpty()
                && drift.settings().isEmpty()
                && divergence.settings().isEmpty()
                && norm.settings().isEmpty()
                && plateau.settings().isEmpty();
    }

    /** Returns whether the last window exploded. */
    public boolean isExploded() {
        return isExploded(divergence.detector()) || isExploded(norm.detector());
    }

    private static boolean isExploded(@Nullable Detector detector) {
        return detector != null && detector.isExploded();
    }

    /** Returns whether a window with this loss would explode. */
    public boolean explodes(double loss) {
        Detector detector = divergence.detector();
        return detector != null && detector.explodes(loss);
    }

    /** Restarts the detectors of windows, for a model that starts from scratch. */
    public void forgetWindows() {
        divergence = LazyDetector.NONE;
        norm = LazyDetector.NONE;
        plateau = LazyDetector.NONE;
        attached = null;
    }

    /** Returns the events since the last window ended, in order. */
    public List<Event> events() {
        return events;
    }

    void clearEvents() {
        events = List.of();
    }

    public LazyDetector drift() {
        return drift;
    }

    public LazyDetector divergence() {
        return divergence;
    }

    public LazyDetector norm() {
        return norm;
    }

    public LazyDetector plateau() {
        return plateau;
    }

    Watcher copy() {
        return new Watcher(drift.copy(), divergence.copy(), norm.copy(), plateau.copy(), events);
    }
}
