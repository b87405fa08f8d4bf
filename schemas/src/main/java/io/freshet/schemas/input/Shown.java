package io.freshet.schemas.input;

/** A value as a message shows it: never empty, never long. */
public final class Shown {
    private static final int MAXIMUM = 40;

    private Shown() {}

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
