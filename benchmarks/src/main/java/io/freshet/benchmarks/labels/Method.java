package io.freshet.benchmarks.labels;

import java.util.List;

/**
 * How labels that arrive late are learned.
 *
 * @param title in tables
 * @param type {@code join.delayed}, or {@link #ORACLE} or {@link #VANILLA}
 * @param after seconds from a request to its first sample
 * @param late the share s of late positives; 0 if the method needs none
 */
record Method(String title, String type, int after, double late) {
    /** Knows the final label at the time of the request. */
    static final String ORACLE = "oracle";
    /** Learns the first label, and no change. */
    static final String VANILLA = "vanilla";

    /** Returns the methods to compare; the share of late positives is that of the requests, and 1. */
    static List<Method> all(List<Request> requests) {
        int after = Scenario.AFTER;
        double late = Scenario.late(requests, after);
        return List.of(
                new Method("oracle: knows the future", ORACLE, 0, 0),
                new Method("`wait`", "wait", Scenario.WITHIN, 0),
                new Method("no corrections, `after: 0`", VANILLA, 0, 0),
                new Method("no corrections, `after: %s`", VANILLA, after, 0),
                new Method("`retract`, `after: 0`", "retract", 0, 0),
                new Method("`retract`, `after: %s`", "retract", after, 0),
                new Method("`weighted`, `after: 0`, `late: 1`", "weighted", 0, 1),
                new Method("`weighted`, `after: %s`, true share", "weighted", after, late),
                new Method("`weighted`, `after: %s`, `late: 1`", "weighted", after, 1),
                new Method("`calibrated`, `after: 0`, `late: 1`", "calibrated", 0, 1),
                new Method("`calibrated`, `after: %s`, true share", "calibrated", after, late),
                new Method("`calibrated`, `after: %s`, `late: 1`", "calibrated", after, 1));
    }

    /** Returns {@code join} of a specification, to append; empty if labels are final. */
    String join() {
        if (hasFinalLabels()) {
            return "";
        }
        String delayed = type.equals(VANILLA) ? "retract" : late > 0 ? "{type: " + type + ", late: " + late + "}" : type;
        return ", join: {within: " + Scenario.WITHIN + "s, after: " + after + "s, delayed: " + delayed + "}";
    }

    boolean hasFinalLabels() {
        return type.equals(ORACLE) || type.equals("wait");
    }

    boolean corrects() {
        return !hasFinalLabels() && !type.equals(VANILLA);
    }

    /** Returns the age at which the first label of a request is known to the method. */
    int knownAt() {
        return hasFinalLabels() ? Scenario.WITHIN : after;
    }

    /** Returns the title with the time {@code after}. */
    String titleWithTimes() {
        return title.formatted(after + "s");
    }
}
