package io.freshet.cli.console;

/** Texts of records as one line for a terminal. */
public final class OneLine {
    private OneLine() {}

    /** Returns a text with {@code \n} for line breaks, and spaces for other control characters, which a terminal would obey. */
    public static String of(String text) {
        return text.replaceAll("\\R", "\\\\n").replaceAll("\\p{IsControl}", " ");
    }
}
