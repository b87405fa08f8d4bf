package io.freshet.server.configuration;

/** Checks the values of options. */
public final class OptionCheck {
    private OptionCheck() {}

    /** @throws IllegalArgumentException naming the option, unless its value {@code holds} */
    public static void expect(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(option + ": " + value + " (expected: " + expected + ")");
        }
    }
}
