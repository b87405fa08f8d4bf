package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightFileTest {
    private static final String ROWS = """
        date,minute_of_day,day_of_week,distance_miles,origin,destination,delay_minutes,delayed
        2001-01-01T00:01,1,0,800,LAS,PHL,33,1
        2001-01-01T00:12,12,0,80,PIT,SYR,-4,0
        """;

    @TempDir
    Path directory;

    @Test
    void starts_again_at_the_end_of_the_file_with_a_notice() throws Exception {
        List<String> notices = new ArrayList<>();
        try (FlightFile flights = open(notices)) {
            assertThat(origins(flights, 2)).containsExactly("LAS", "PIT");
            assertThat(notices).isEmpty();
            assertThat(origins(flights, 3)).containsExactly("LAS", "PIT", "LAS");
        }
        assertThat(notices)
                .hasSize(2)
                .first()
                .isEqualTo("The demo is past the end of its file and sends it again (pass 2): the models have learned"
                        + " these flights before.");
    }

    @Test
    void a_late_flight_lands_later() throws Exception {
        try (FlightFile flights = open(new ArrayList<>())) {
            Flight late = Flight.of(1, flights.next());
            Flight early = Flight.of(2, flights.next());

            assertThat(late.id()).isEqualTo("flight-1");
            assertThat(late.minutes()).isEqualTo(40 + 800 / 8 + 33);
            assertThat(late.isDelayed()).isTrue();
            assertThat(early.minutes()).isEqualTo(40 + 80 / 8 - 4);
            assertThat(early.isDelayed()).isFalse();
        }
    }

    private FlightFile open(List<String> notices) throws IOException {
        return new FlightFile(Files.writeString(directory.resolve("flights.csv"), ROWS), Flight.LAYOUT, notices::add);
    }

    private static List<String> origins(FlightFile flights, long count) throws Exception {
        List<String> origins = new ArrayList<>();
        for (long number = 1; number <= count; number++) {
            origins.add(Flight.of(number, flights.next()).origin());
        }
        return origins;
    }

    @Test
    void a_flight_that_would_land_before_its_departure_takes_a_minute() {
        assertThat(new Flight(1, 0, 0, 50, "A", "B", -300).minutes()).isEqualTo(1);
    }
}
