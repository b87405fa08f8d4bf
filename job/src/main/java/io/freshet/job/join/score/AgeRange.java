package io.freshet.job.join.score;

import org.jspecify.annotations.Nullable;

/** The ranges of ages of parameters by which answers are scored. */
enum AgeRange {
    SECOND(1_000, "up to 1s"),
    TEN_SECONDS(10_000, "up to 10s"),
    MINUTE(60_000, "up to 1m"),
    TEN_MINUTES(600_000, "up to 10m"),
    HOUR(3_600_000, "up to 1h"),
    MORE(Long.MAX_VALUE, "more than 1h");

    private final long mostMillis;
    private final String text;

    AgeRange(long mostMillis, String text) {
        this.mostMillis = mostMillis;
        this.text = text;
    }

    /** Returns the text of an age's range; null if the age is unknown. */
    static @Nullable String of(long ageMillis) {
        if (ageMillis < 0) {
            return null;
        }
        int i = 0;
        while (ageMillis > values()[i].mostMillis) {
            i++;
        }
        return values()[i].text;
    }
}
