package io.freshet.cli.console;

import io.freshet.schemas.facts.Elapsed;
import java.time.Duration;

/** Durations for people. */
public final class Age {
    private Age() {}

    /** Returns the two largest units, such as {@code 3 min 20 s}. */
    public static String text(Duration age) {
        return Elapsed.text(age);
    }

    /**
     * Returns how long ago something was.
     *
     * @param at milliseconds since 1970, UTC; not after {@code now}, unless clocks differ
     */
    public static String since(long at, long now) {
        return Elapsed.ago(at, now);
    }
}
