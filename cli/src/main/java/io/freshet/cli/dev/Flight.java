package io.freshet.cli.dev;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.util.List;
import java.util.Map;

/**
 * A flight: what is known when it departs, and what is known when it lands.
 *
 * @param number unique in a run, from 1
 * @param minuteOfDay of the scheduled departure
 * @param dayOfWeek from 0, Monday
 * @param delayMinutes known at the landing; negative if it was early
 */
record Flight(
        long number,
        double minuteOfDay,
        double dayOfWeek,
        double distanceMiles,
        String origin,
        String destination,
        double delayMinutes) {
    /** The fields of {@link #of}. */
    static final RowLayout LAYOUT = new RowLayout(
            List.of("minute_of_day", "day_of_week", "distance_miles", "delay_minutes"),
            List.of("origin", "destination"));
    /** The flight in the queries that the demo prints. */
    static final Map<String, Object> EXAMPLE = Map.of(
            "minute_of_day", 480, "day_of_week", 1, "distance_miles", 733, "origin", "ORD", "destination", "LGA");

    private static final double TAXI_MINUTES = 40;
    private static final double MILES_PER_MINUTE = 8;

    /** @param row with {@link #LAYOUT} */
    static Flight of(long number, Row row) {
        return new Flight(number, row.number(0), row.number(1), row.number(2), row.text(0), row.text(1), row.number(3));
    }

    String id() {
        return "flight-" + number;
    }

    boolean isDelayed() {
        return delayMinutes > 0;
    }

    /** Returns the minutes from the scheduled departure to the landing, at least 1. */
    double minutes() {
        return Math.max(1, TAXI_MINUTES + distanceMiles / MILES_PER_MINUTE + delayMinutes);
    }
}
