package io.freshet.job.topology;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * A user's choice of where to start in the samples topic without a checkpoint.
 *
 * <p>A time starts each partition at its first record with that timestamp or later, or else at its end. The timestamp is that of
 * the Kafka record; on topics with {@code CreateTime}, the producer sets it.
 */
public final class StartingPoint {
    static final String EXPECTED =
            "earliest, latest, committed, or a time in the past, such as 2030-01-31T12:00:00Z or 2030-01-31";

    private StartingPoint() {}

    /**
     * Parses a starting point.
     *
     * @param now the latest time allowed
     * @throws IllegalArgumentException if {@code text} is not one of {@link #EXPECTED}
     */
    public static OffsetsInitializer parse(String text, Instant now) {
        return switch (text) {
            case "earliest" -> OffsetsInitializer.earliest();
            case "latest" -> OffsetsInitializer.latest();
            case "committed" -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            default -> OffsetsInitializer.timestamp(millis(text, now));
        };
    }

    private static long millis(String text, Instant now) {
        Instant time;
        try {
            time = text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(text + " (expected: " + EXPECTED + ")", e);
        }
        // Kafka gives negative times special meanings.
        if (time.isBefore(Instant.EPOCH) || time.isAfter(now)) {
            throw new IllegalArgumentException(text + " (expected: " + EXPECTED + "; now: " + now + ")");
        }
        return time.toEpochMilli();
    }
}
