package io.freshet.schemas.facts;

import java.util.Locale;

/** What can be wrong with the join of a model. */
public enum JoinProblem {
    /** It has never reported, though the specification says {@code join}: the samples may come from elsewhere. */
    NEVER_SEEN,
    /** It has stopped reporting. */
    GONE,
    /** The served loss is far above the one that the predictions expect. */
    MISCALIBRATED,
    /** Many outcomes arrive too late to be learned. */
    LATE,
    /** Many outcomes are of no request. */
    ORPHANS,
    /** Many requests or outcomes are rejected. */
    REJECTED,
    /** No request has an outcome. */
    WITHOUT_OUTCOMES,
    /** Many labels are still to be corrected: predictions jump if requests pause. */
    CORRECTIONS;

    /** Returns the label of metrics, such as {@code without_outcomes}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
