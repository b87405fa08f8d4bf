package io.freshet.schemas.facts;

import java.time.Duration;

/** Durations for people. */
public final class Elapsed {
    private Elapsed() {}

    /** Returns the two largest units, such as {@code 3 min 20 s}. */
    public static String text(Duration duration) {
        if (duration.toMinutes() == 0) {
            return duration.toSeconds() + " s";
        }
        if (duration.toHours() == 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        if (duration.toDays() == 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }

    /**
     * Returns how long ago something was.
     *
     * @param at milliseconds since 1970, UTC; not after {@code now}, unless clocks differ
     */
    public static String ago(long at, long now) {
        return text(Duration.ofMillis(Math.max(0, now - at))) + " ago";
    }
}
