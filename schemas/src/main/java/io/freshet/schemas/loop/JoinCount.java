package io.freshet.schemas.loop;

import java.util.Locale;

/**
 * All counts of a join, in the order in which people read them: since the start, except those that {@link #isLevel} names. Formats,
 * commands, and the page iterate over this table. The names of the fields in Avro are those of the counts.
 */
public enum JoinCount {
    /** Requests received, with duplicates. */
    REQUESTS,
    /** Outcomes received, with duplicates. */
    OUTCOMES,
    /** Closed requests that had an outcome. */
    JOINED,
    /** Closed requests that had none. */
    EXPIRED,
    /** Requests whose attribution has not ended. */
    OPEN,
    /** Ids with outcomes that wait for their request. */
    WAITING,
    /** Outcomes that arrived after the state of their id was gone, or after the only sample of a model that waits. */
    LATE,
    /** Outcomes whose request never arrived. */
    ORPHANS,
    /** Outcomes before their request, or after the end of its attribution. */
    OUTSIDE,
    /** Duplicate requests and outcomes. */
    DOUBLED,
    /** Outcomes with another value than an earlier one of the same request. */
    CONTRADICTIONS,
    /** Samples emitted, without corrections. */
    SAMPLES,
    /** Changed labels emitted. */
    CORRECTIONS,
    /** Closed requests with a label, but without a prediction to score. */
    UNSCORED,
    /** Records that became dead letters. */
    REJECTED,
    /** Requests that arrived after their state would have been deleted. */
    LATE_REQUESTS,
    /** Open requests that were forgotten since the meaning of their outcomes changed. */
    FORGOTTEN;

    /** Returns the name in JSON and Avro. */
    public String field() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether it is a number of ids at this time, which also falls. */
    public boolean isLevel() {
        return this == OPEN || this == WAITING;
    }
}
