package io.freshet.cli.input;

/** A value as a message shows it: never empty, never long. */
final class Shown {
    private static final int MAXIMUM = 40;

    private Shown() {}

    static String of(String value) {
        if (value.isEmpty()) {
            return "empty";
        }
        return value.length() <= MAXIMUM ? value : value.substring(0, MAXIMUM) + "...";
    }
}
