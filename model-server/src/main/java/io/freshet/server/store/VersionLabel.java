package io.freshet.server.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A name for a version of a key, which requests can use instead of the version. */
public enum VersionLabel {
    /** Answers requests that name no version. Without this label, the newest version does. */
    STABLE,
    /** Answers a share of the requests that name no version. */
    CANARY,
    /** Also predicts a share of these requests, without answering them. */
    SHADOW;

    /** Stands for the version that is the newest at the time of the request. */
    public static final String NEWEST = "newest";

    public static final String NAMES =
            Arrays.stream(values()).map(VersionLabel::text).collect(Collectors.joining(", "));

    public static Optional<VersionLabel> of(String text) {
        return Arrays.stream(values())
                .filter(label -> label.text().equals(text))
                .findFirst();
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
