package io.freshet.learning.spec;

/** How a model learns a label that changes after it was learned. */
public enum Delayed {
    /** A changed label is learned as its difference from the previous one: gradient -(label - previous) x. */
    RETRACT,
    /** No label is learned before it is final: samples are emitted at the end of attribution. */
    WAIT;

    /** Returns whether samples have their final labels when they are emitted. */
    public boolean waits() {
        return this == WAIT;
    }
}
