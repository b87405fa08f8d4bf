package io.freshet.learning.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A change that a detector found while a model learned.
 *
 * @param kind kind of change
 * @param detector name of the detector that found it
 * @param samples count of samples learned, including the one at which the change was found
 * @param before mean loss before the change, in units of the loss; the best loss for a plateau or divergence; the largest norm
 *     for a divergence of the update norm
 * @param after mean loss after the change; the loss or norm of the window for a plateau or divergence
 * @param action of the divergence policy: hold, revert, reset, or "" for none
 * @param samplesIn offsets of the samples of the window; only for a divergence, else empty
 */
public record Event(
        Kind kind, String detector, long samples, double before, double after, String action, List<Offsets> samplesIn) {
    /**
     * A range of offsets of a partition.
     *
     * @param first first offset learned
     * @param last last offset learned
     */
    public record Offsets(int partition, long first, long last) {
        @Override
        public String toString() {
            return partition + ": " + first + ".." + last;
        }
    }

    /** A change without an action. */
    public Event(Kind kind, String detector, long samples, double before, double after) {
        this(kind, detector, samples, before, after, "", List.of());
    }

    /** The kind of a change. */
    public enum Kind {
        /** The loss of the samples has changed. */
        DRIFT,
        /** The loss of a window is far above the best. */
        DIVERGENCE,
        /** The loss of the windows has stopped falling. */
        PLATEAU;

        /** Returns the name in messages and on the wire. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns whether {@code before} and {@code after} are losses, and not norms of updates. */
    public boolean isOfLoss() {
        return !detector.equals(UpdateNorm.NAME);
    }

    /**
     * Returns a line such as {@code drift (adwin) at sample 12,345: loss 0.21 -> 0.48}, or {@code divergence at sample
     * 2,000: loss 0.21 -> 48; revert; offsets by partition 0: 1000..1999}.
     */
    @Override
    public String toString() {
        String by = detector.equals(kind.text()) ? "" : " (" + detector + ")";
        String what = isOfLoss() ? "loss" : "norm";
        String line = String.format(
                Locale.ROOT, "%s%s at sample %,d: %s %.4g -> %.4g", kind.text(), by, samples, what, before, after);
        if (!action.isEmpty()) {
            line += "; " + action;
        }
        return samplesIn.isEmpty()
                ? line
                : line + "; offsets by partition "
                        + samplesIn.stream().map(Offsets::toString).collect(Collectors.joining(", "));
    }
}
