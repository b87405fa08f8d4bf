package io.freshet.server.serve;

import java.util.Collection;
import java.util.stream.Collectors;

/** What came with a request, cut to a length that fits a message. */
final class Shown {
    private static final int LETTERS = 60;
    private static final int NAMES = 20;

    private Shown() {}

    /** Returns a text in quotes. */
    static String text(String text) {
        return '"' + name(text) + '"';
    }

    static String name(String name) {
        return name.length() <= LETTERS ? name : name.substring(0, LETTERS) + "...";
    }

    static String names(Collection<String> names) {
        String shown = names.stream().limit(NAMES).map(Shown::name).collect(Collectors.joining(", "));
        return names.size() <= NAMES ? shown : shown + ", ... (" + names.size() + ")";
    }
}
