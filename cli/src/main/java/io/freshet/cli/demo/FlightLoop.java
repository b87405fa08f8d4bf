package io.freshet.cli.demo;

import io.freshet.cli.demo.FlightDesk.Airborne;
import io.freshet.cli.feed.RateLimiter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/**
 * Lets flights depart at a constant rate: each is a request when it departs, and an outcome when it lands. A minute of flight
 * takes {@value #MINUTE_MILLIS} ms. So a flight of two hours lands after six seconds, and one that is late lands later: the
 * delays of outcomes are real, and depend on the label.
 *
 * @param rate departures per second
 * @param moments learns what happened first
 * @param repeats receives the number of each pass over the file after the first, as it starts
 */
record FlightLoop(FlightDesk desk, int rate, LoopMoments moments, IntConsumer repeats) {
    private static final int MINUTE_MILLIS = 50;
    /** Flights of so many milliseconds depart together, in one request. */
    private static final int BURST_MILLIS = 50;

    /** Runs until the thread is interrupted. */
    void run(Flights flights) throws Exception {
        int burst = Math.max(1, rate * BURST_MILLIS / 1000);
        RateLimiter limiter = new RateLimiter(rate, System::nanoTime);
        PriorityQueue<Airborne> air = new PriorityQueue<>(Comparator.comparingLong(Airborne::landing));
        int pass = flights.pass();
        for (long sent = 0; ; sent += burst) {
            limiter.await(sent);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            long now = System.currentTimeMillis();
            depart(flights.next(burst), now, air);
            land(air, now);
            if (flights.pass() > pass) {
                pass = flights.pass();
                repeats.accept(pass);
            }
        }
    }

    private void depart(List<Flight> departing, long now, PriorityQueue<Airborne> air) throws Exception {
        List<Double> probabilities = desk.ask(departing, now);
        moments.answered(departing.get(0), probabilities.get(0));
        departing.forEach(flight -> air.add(new Airborne(flight, now + (long) (flight.minutes() * MINUTE_MILLIS))));
    }

    private void land(PriorityQueue<Airborne> air, long now) throws Exception {
        List<Airborne> landed = new ArrayList<>();
        for (Airborne next = air.peek(); next != null && next.landing() <= now; next = air.peek()) {
            landed.add(air.remove());
        }
        if (!landed.isEmpty()) {
            moments.landed(landed);
            desk.report(landed);
        }
    }
}
