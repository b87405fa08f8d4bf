package io.freshet.learning.spec;

/** How a merge treats the slots of the optimizer. */
public enum Slots {
    /** Each replica keeps its own. */
    LOCAL,
    /** They are merged by the mean of their changes, weighted by samples, and adopted like parameters. */
    MEAN
}
