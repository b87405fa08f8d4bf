package io.freshet.schemas.facts;

import java.util.Locale;

/** How much attention a model needs, least first. */
public enum Level {
    /** Nothing happens, and nothing has to. */
    QUIET,
    /** All is well. */
    GOOD,
    /** Something is wrong, but the model learns or is served. */
    WARNING,
    /** The model does not learn, or cannot be trusted. */
    BAD;

    /** Returns the name in lower case, as in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the one that needs more attention. */
    public Level worse(Level other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
