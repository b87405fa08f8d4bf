package io.freshet.server.store;

/** What became of a change that arrived from the parameters topic. */
public enum SwapOutcome {
    /** A new set is served. */
    SWAPPED,
    /** What is served is as new or newer; nothing changed. */
    STALE,
    /** The model, or its key, was deleted and is no longer served. */
    REMOVED
}
