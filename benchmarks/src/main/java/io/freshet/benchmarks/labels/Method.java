package io.freshet.benchmarks.labels;

import java.util.List;

/**
 * How labels that arrive late are learned.
 *
 * @param title in tables
 * @param type {@code join.delayed}, or {@link #ORACLE} or {@link #VANILLA}
 * @param within seconds from a request to its final label
 * @param after seconds from a request to its first sample
 * @param late the share s of late positives; 0 if the method needs none
 */
record Method(String title, String type, int within, int after, double late) {
    /** Knows the final label at the time of the request. */
    static final String ORACLE = "oracle";
    /** Learns the first label, and no change. */
    static final String VANILLA = "none";

    private static final String WAIT = "wait";
    private static final String RETRACT = "retract";
    private static final String WEIGHTED = "weighted";
    private static final String CALIBRATED = "calibrated";

    /** Returns the methods that learn at once, or wait. */
    static List<Method> atOnce(int within) {
        return List.of(
                new Method("oracle", ORACLE, within, 0, 0),
                new Method("`wait`", WAIT, within, within, 0),
                new Method("no corrections", VANILLA, within, 0, 0),
                retract(within, 0),
                new Method("`weighted`", WEIGHTED, within, 0, 1),
                new Method("`calibrated`", CALIBRATED, within, 0, 1));
    }

    /** Returns the default method. */
    static Method retract(int within, int after) {
        return new Method("`retract`", RETRACT, within, after, 0);
    }

    /**
     * Returns the methods that learn after a time.
     *
     * @param share of positives that are late
     */
    static List<Method> later(int within, int after, double share) {
        return List.of(
                new Method("no corrections", VANILLA, within, after, 0),
                retract(within, after),
                new Method("`weighted`, true share", WEIGHTED, within, after, share),
                new Method("`weighted`, `late: 1`", WEIGHTED, within, after, 1),
                new Method("`calibrated`, true share", CALIBRATED, within, after, share),
                new Method("`calibrated`, `late: 1`", CALIBRATED, within, after, 1));
    }

    /** Returns the title with the time of the first sample, unless that is at once or at the end. */
    String titleWithTime() {
        return after == 0 || after == within ? title : title + ", `after: " + after + "s`";
    }

    /** Returns {@code join} of a specification, to append; empty if only final labels are learned. */
    String join() {
        if (hasFinalLabels()) {
            return "";
        }
        String delayed = type.equals(VANILLA) ? RETRACT : late > 0 ? "{type: " + type + ", late: " + late + "}" : type;
        return ", join: {within: " + within + "s, after: " + after + "s, delayed: " + delayed + "}";
    }

    boolean hasFinalLabels() {
        return type.equals(ORACLE) || type.equals(WAIT);
    }

    boolean corrects() {
        return !hasFinalLabels() && !type.equals(VANILLA);
    }

    /** Returns the age of a request whose label the first sample has. */
    int knownAt() {
        return hasFinalLabels() ? within : after;
    }
}
