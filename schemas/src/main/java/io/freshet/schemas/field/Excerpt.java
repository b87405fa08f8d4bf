package io.freshet.schemas.field;

/** A value as a message shows it: never empty, never long. */
public final class Excerpt {
    private static final int MAXIMUM = 40;

    private Excerpt() {}

    public static String of(String value) {
        if (value.isEmpty()) {
            return "empty";
        }
        return start(value);
    }

    /** Returns the same without a word for an empty value. */
    public static String start(String value) {
        return value.length() <= MAXIMUM ? value : value.substring(0, MAXIMUM) + "...";
    }
}
