package io.freshet.schemas.sample;

/** Shortens values for messages. */
public final class Excerpt {
    private static final int MAXIMUM_LENGTH = 40;

    private Excerpt() {}

    /** Returns the start of a value, or the word {@code empty}. */
    public static String of(String value) {
        if (value.isEmpty()) {
            return "empty";
        }
        return start(value);
    }

    /** Returns the start of a value, which may be empty. */
    public static String start(String value) {
        return value.length() <= MAXIMUM_LENGTH ? value : value.substring(0, MAXIMUM_LENGTH) + "...";
    }
}
