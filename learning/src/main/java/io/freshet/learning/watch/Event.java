package io.freshet.learning.watch;

import java.util.Locale;

/**
 * A change that a detector found while a model learned.
 *
 * @param kind what happened
 * @param detector that found it, by its name
 * @param samples that the model had learned from then, the one at which it was found included
 * @param before mean loss before the change, in the unit of the loss; for a plateau and a divergence the best window's
 * @param after mean loss since; for a plateau and a divergence that of the window at which it was found
 */
public record Event(Kind kind, String detector, long samples, double before, double after) {
    /** What can happen. */
    public enum Kind {
        /** The loss of the samples is another than before. */
        DRIFT,
        /** The loss of a window is far above the best. */
        DIVERGENCE,
        /** The loss of the windows has stopped falling. */
        PLATEAU;

        /** Returns the name for people and on the wire. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns it as a line, such as {@code drift (adwin) at sample 12,345: loss 0.21 -> 0.48}. */
    @Override
    public String toString() {
        String by = detector.equals(kind.text()) ? "" : " (" + detector + ")";
        return String.format(
                Locale.ROOT, "%s%s at sample %,d: loss %.4g -> %.4g", kind.text(), by, samples, before, after);
    }
}
