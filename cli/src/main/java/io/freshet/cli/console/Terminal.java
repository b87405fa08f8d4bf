package io.freshet.cli.console;

/** The terminal that the command runs in. */
public final class Terminal {
    private Terminal() {}

    /** Returns whether input and output are a terminal, on which a line can be overwritten. */
    public static boolean isUsed() {
        return System.console() != null && !"dumb".equals(System.getenv("TERM"));
    }
}
