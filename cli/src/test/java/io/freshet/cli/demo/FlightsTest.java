package io.freshet.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightsTest {
    private static final String ROWS = """
        date,minute_of_day,day_of_week,distance_miles,origin,destination,delay_minutes,delayed
        2001-01-01T00:01,1,0,800,LAS,PHL,33,1
        2001-01-01T00:12,12,0,80,PIT,SYR,-4,0
        """;

    @TempDir
    Path directory;

    @Test
    void starts_again_at_the_end_of_the_file_with_new_ids() throws Exception {
        try (Flights flights = new Flights(Files.writeString(directory.resolve("flights.csv"), ROWS))) {
            List<Flight> two = flights.next(2);
            assertThat(flights.pass()).isEqualTo(1);
            List<Flight> three = flights.next(3);

            assertThat(flights.pass()).isEqualTo(3);
            assertThat(two).extracting(Flight::id).containsExactly("flight-1", "flight-2");
            assertThat(three).extracting(Flight::id).containsExactly("flight-3", "flight-4", "flight-5");
            assertThat(three).extracting(Flight::origin).containsExactly("LAS", "PIT", "LAS");
        }
    }

    @Test
    void a_late_flight_lands_later() throws Exception {
        try (Flights flights = new Flights(Files.writeString(directory.resolve("flights.csv"), ROWS))) {
            List<Flight> two = flights.next(2);

            assertThat(two.get(0).minutes()).isEqualTo(40 + 800 / 8 + 33);
            assertThat(two.get(0).isDelayed()).isTrue();
            assertThat(two.get(1).minutes()).isEqualTo(40 + 80 / 8 - 4);
            assertThat(two.get(1).isDelayed()).isFalse();
        }
    }

    @Test
    void a_flight_that_would_land_before_its_departure_takes_a_minute() {
        assertThat(new Flight(1, 0, 0, 50, "A", "B", -300).minutes()).isEqualTo(1);
    }
}
