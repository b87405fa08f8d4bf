package io.freshet.schemas.sample;

import io.freshet.schemas.avro.MalformedRecordException;
import java.time.DateTimeException;
import java.time.Instant;

/** Reads the time of a record from a text. */
public final class TimestampText {
    /** Describes a valid time, for messages. */
    public static final String EXPECTED = "milliseconds since 1970, or a time as 2030-01-31T12:00:00Z";

    private TimestampText() {}

    /**
     * Returns milliseconds since 1970, UTC.
     *
     * @param name of the field, for messages
     * @throws MalformedRecordException if the text is neither a whole number nor a time with its offset
     */
    public static long millis(String name, String text) throws MalformedRecordException {
        try {
            return isWhole(text) ? Long.parseLong(text) : Instant.parse(text).toEpochMilli();
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            throw new MalformedRecordException(name + ": " + Excerpt.of(text) + " (expected: " + EXPECTED + ")");
        }
    }

    private static boolean isWhole(String text) {
        for (int i = text.startsWith("-") ? 1 : 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
