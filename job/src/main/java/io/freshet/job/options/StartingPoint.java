package io.freshet.job.options;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Where to begin in the samples topic if there is no checkpoint, as a user writes it.
 *
 * <p>A time begins, in each partition, at the first record whose time stamp is not before it; a partition without one is
 * begun at its end. It is the time stamp that Kafka keeps: of {@code CreateTime} topics, the producer's.
 */
public final class StartingPoint {
    static final String EXPECTED =
            "earliest, latest, committed, or a time that has passed, as 2030-01-31T12:00:00Z or 2030-01-31";

    private StartingPoint() {}

    /**
     * Reads a starting point.
     *
     * @param now a time after which nothing can have come yet
     * @throws IllegalArgumentException if it is none of {@link #EXPECTED}
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
        // Kafka has meanings of its own for negative times.
        if (time.isBefore(Instant.EPOCH) || time.isAfter(now)) {
            throw new IllegalArgumentException(text + " (expected: " + EXPECTED + "; it is " + now + ")");
        }
        return time.toEpochMilli();
    }
}
