package io.freshet.server.store;

import org.jspecify.annotations.Nullable;

/**
 * What a label names.
 *
 * @param set null for whichever is the newest
 * @param traffic share of the requests, in [0, 1]
 */
public record LabeledVersion(@Nullable ParameterSet set, double traffic) {
    /** Returns the version, or {@link VersionLabel#NEWEST}. */
    public String version() {
        return set == null ? VersionLabel.NEWEST : Long.toString(set.version());
    }
}
