package io.freshet.server.body;

import java.util.Collection;
import java.util.stream.Collectors;

/** Text from a request, truncated to fit a message. */
public final class RequestExcerpt {
    private static final int MAXIMUM_CHARACTERS = 60;
    private static final int MAXIMUM_NAMES = 20;

    private RequestExcerpt() {}

    /** Returns the text in quotes. */
    public static String text(String text) {
        return '"' + name(text) + '"';
    }

    public static String name(String name) {
        return name.length() <= MAXIMUM_CHARACTERS ? name : name.substring(0, MAXIMUM_CHARACTERS) + "...";
    }

    public static String names(Collection<String> names) {
        String listed =
                names.stream().limit(MAXIMUM_NAMES).map(RequestExcerpt::name).collect(Collectors.joining(", "));
        return names.size() <= MAXIMUM_NAMES ? listed : listed + ", ... (" + names.size() + ")";
    }
}
