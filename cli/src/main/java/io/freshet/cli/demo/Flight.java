package io.freshet.cli.demo;

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
    private static final double TAXI_MINUTES = 40;
    private static final double MILES_PER_MINUTE = 8;

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
