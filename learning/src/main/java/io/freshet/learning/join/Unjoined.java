package io.freshet.learning.join;

/** Why a request or an outcome takes part in no sample. */
public enum Unjoined {
    /** The state of its id is gone, or the only sample of a model that waits was emitted. */
    LATE,
    /** Its request never came. */
    ORPHAN,
    /** It is before its request, or later than the attribution. */
    OUTSIDE
}
