package io.freshet.cli.dev;

import io.freshet.cli.dev.FlightDesk.Airborne;
import io.freshet.cli.feed.RateLimiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Lets flights depart at a constant rate: each is a request when it departs, and an outcome when it lands. A minute of flight
 * takes {@value #MINUTE_MILLIS} ms. So a flight of two hours in the air lands after three seconds, and one that is late lands later: the
 * delays of outcomes are real, and depend on the label.
 *
 * @param rate departures per second
 * @param moments learns what happened first
 */
record FlightLoop(FlightDesk desk, int rate, LoopMoments moments) {
    private static final int MINUTE_MILLIS = 20;
    private static final int MAXIMUM_REPORT = 1_000;
    private static final int RETRY_MILLIS = 200;
    /** One request has the flights that depart within this many milliseconds. */
    private static final int BURST_MILLIS = 50;

    /**
     * Runs until a time, or until the thread is interrupted. While the server does not answer, flights depart without a request.
     *
     * @param flights with {@link Flight#LAYOUT}
     * @param end milliseconds since 1970, UTC
     */
    void run(FlightFile flights, long end) throws Exception {
        int burst = Math.max(1, rate * BURST_MILLIS / 1000);
        RateLimiter limiter = new RateLimiter(rate, System::nanoTime);
        PriorityQueue<Airborne> air = new PriorityQueue<>(Comparator.comparingLong(Airborne::landing));
        for (long sent = 0; ; sent += burst) {
            limiter.await(sent);
            long now = System.currentTimeMillis();
            if (now >= end || Thread.currentThread().isInterrupted()) {
                return;
            }
            List<Flight> departing = new ArrayList<>(burst);
            for (int i = 1; i <= burst; i++) {
                departing.add(Flight.of(sent + i, flights.next()));
            }
            try {
                land(air, now);
                depart(departing, now, air);
            } catch (IOException e) {
                moments.failed(e);
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private void depart(List<Flight> departing, long now, PriorityQueue<Airborne> air)
            throws IOException, InterruptedException {
        List<Double> probabilities = desk.ask(departing, now);
        moments.answered(departing.get(0), probabilities.get(0));
        departing.forEach(flight -> air.add(new Airborne(flight, now + (long) (flight.minutes() * MINUTE_MILLIS))));
    }

    /** Reports the flights that have landed. Those of a failed report are reported again: the join ignores duplicates. */
    private void land(PriorityQueue<Airborne> air, long now) throws IOException, InterruptedException {
        List<Airborne> landed = new ArrayList<>();
        for (Airborne next = air.peek();
                next != null && next.landing() <= now && landed.size() < MAXIMUM_REPORT;
                next = air.peek()) {
            landed.add(air.remove());
        }
        if (!landed.isEmpty()) {
            moments.landed(landed.get(0).flight());
            boolean reported = false;
            try {
                desk.report(landed);
                reported = true;
            } finally {
                if (!reported) {
                    air.addAll(landed);
                }
            }
        }
    }
}
