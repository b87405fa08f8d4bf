package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a date and time from a row, as the local time in a zone.
 *
 * <pre>
 *   1893499200000, as a number or a text     milliseconds since 1970
 *   2030-01-01T12:00:00Z, ...+02:00          a time with an offset
 *   2030-01-01T12:00, 2030-01-01 12:00:00    a local time in the zone
 *   2030-01-01                               the start of that day in the zone
 * </pre>
 */
public final class TimeField {
    /** Enough for the year 287396. */
    private static final double MAXIMUM_MILLIS = 1L << 53;

    private static final String EXPECTED = "milliseconds since 1970, or a time as 2030-01-31T12:00:00Z";
    private static final int LONGEST_TEXT = 40;
    private static final DateTimeFormatter TEXT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:mm:ss", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private final String name;
    private final int numberPlace;
    private final int textPlace;
    private final ZoneId zone;
    private final boolean timeOnly;
    private final @Nullable MissingWords words;

    /**
     * @param timeOnly whether every model reads the field as a time, so that an invalid number is not merely a text
     * @param words texts that stand for a missing time; null if a row must have the time
     */
    TimeField(
            String name, int numberPlace, int textPlace, ZoneId zone, boolean timeOnly, @Nullable MissingWords words) {
        this.name = name;
        this.numberPlace = numberPlace;
        this.textPlace = textPlace;
        this.zone = zone;
        this.timeOnly = timeOnly;
        this.words = words;
    }

    /** Returns the local time; null if it is missing and may be. */
    public @Nullable LocalDateTime read(Row row) throws InvalidSampleException {
        if (row.hasNumber(numberPlace)) {
            return local(row.number(numberPlace));
        }
        boolean empty = row.textFrom(textPlace) == row.textTo(textPlace);
        if (timeOnly && !row.isNumberMissing(numberPlace)) {
            throw InvalidSampleException.of(name, "missing", EXPECTED);
        }
        if (words != null && words.isText(row, textPlace)) {
            return null;
        }
        if (row.hasText(textPlace) && !empty) {
            return parse(row);
        }
        if (words != null && isMissing(row)) {
            return null;
        }
        throw InvalidSampleException.of(name, "missing", EXPECTED);
    }

    /** Returns whether the row has an empty text, or neither a text nor anything invalid. */
    private boolean isMissing(Row row) {
        return row.hasText(textPlace)
                || row.isTextMissing(textPlace) && !row.hasSparse(textPlace) && row.isNumberMissing(numberPlace);
    }

    private LocalDateTime parse(Row row) throws InvalidSampleException {
        String text = row.textTo(textPlace) - row.textFrom(textPlace) > LONGEST_TEXT
                ? "a text of over " + LONGEST_TEXT + " bytes"
                : row.text(textPlace);
        try {
            if (isNumber(text)) {
                return local(Double.parseDouble(text));
            }
            TemporalAccessor time = TEXT.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            if (time instanceof OffsetDateTime offset) {
                return LocalDateTime.ofInstant(offset.toInstant(), zone);
            }
            return time instanceof LocalDate date ? date.atStartOfDay() : LocalDateTime.from(time);
        } catch (DateTimeException | NumberFormatException e) {
            throw InvalidSampleException.of(name, text, EXPECTED);
        }
    }

    private LocalDateTime local(double millis) throws InvalidSampleException {
        if (!(Math.abs(millis) <= MAXIMUM_MILLIS)) {
            throw InvalidSampleException.of(name, millis, EXPECTED);
        }
        return LocalDateTime.ofInstant(Instant.ofEpochMilli((long) Math.floor(millis)), zone);
    }

    /** Returns whether a text is milliseconds: digits, perhaps with a sign and a fraction. */
    private static boolean isNumber(String text) {
        return text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9' || c == '.')
                && (text.charAt(0) == '-' || text.charAt(0) >= '0' && text.charAt(0) <= '9');
    }
}
