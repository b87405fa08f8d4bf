package io.freshet.server.store;

/** The outcome of applying a change from a parameters topic. */
public enum SwapOutcome {
    /** A new set is served. */
    SWAPPED,
    /** The live version is as new or newer; nothing changed. */
    STALE,
    /** The model, or its key, was deleted and is no longer served. */
    REMOVED
}
