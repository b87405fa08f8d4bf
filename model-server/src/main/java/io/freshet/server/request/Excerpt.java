package io.freshet.server.request;

import java.util.Collection;
import java.util.stream.Collectors;

/** What came with a request, cut to a length that fits a message. */
public final class Excerpt {
    private static final int LETTERS = 60;
    private static final int NAMES = 20;

    private Excerpt() {}

    /** Returns a text in quotes. */
    public static String text(String text) {
        return '"' + name(text) + '"';
    }

    public static String name(String name) {
        return name.length() <= LETTERS ? name : name.substring(0, LETTERS) + "...";
    }

    public static String names(Collection<String> names) {
        String shown = names.stream().limit(NAMES).map(Excerpt::name).collect(Collectors.joining(", "));
        return names.size() <= NAMES ? shown : shown + ", ... (" + names.size() + ")";
    }
}
