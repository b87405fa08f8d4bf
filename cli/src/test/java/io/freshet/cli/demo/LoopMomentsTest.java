package io.freshet.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch flights of an endless demo that are remembered forever. */
class LoopMomentsTest {
    @Test
    void remembers_no_flight_that_nobody_looks_for() {
        StringWriter out = new StringWriter();
        LoopMoments moments = new LoopMoments(System.nanoTime(), new PrintWriter(out), new PrintWriter(out));
        for (int i = 1; i <= 100; i++) {
            Flight flight = new Flight(i, 600, 0, 954, "LAS", "SEA", 5);
            moments.landed(List.of(new FlightDesk.Airborne(flight, 0)));
        }
        assertThat(out.toString()).contains("first outcome after").contains("landed");
        assertThat(moments.remembered()).isZero();
    }
}
