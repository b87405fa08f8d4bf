package io.freshet.cli.console;

import java.time.Duration;

/** Durations for people. */
public final class Age {
    private Age() {}

    /** Returns the two largest units, such as {@code 3 min 20 s}. */
    public static String text(Duration age) {
        if (age.toMinutes() == 0) {
            return age.toSeconds() + " s";
        }
        if (age.toHours() == 0) {
            return age.toMinutes() + " min " + age.toSecondsPart() + " s";
        }
        if (age.toDays() == 0) {
            return age.toHours() + " h " + age.toMinutesPart() + " min";
        }
        return age.toDays() + " d " + age.toHoursPart() + " h";
    }

    /**
     * Returns how long ago something was.
     *
     * @param at milliseconds since 1970, UTC; not after {@code now}, unless clocks differ
     */
    public static String since(long at, long now) {
        return text(Duration.ofMillis(Math.max(0, now - at))) + " ago";
    }
}
