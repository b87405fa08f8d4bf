package io.freshet.cli.demo;

import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The flights of a file, in the order of their departures, repeated without end. Not thread-safe. */
final class Flights implements AutoCloseable {
    private static final RowLayout LAYOUT = new RowLayout(
            List.of("minute_of_day", "day_of_week", "distance_miles", "delay_minutes"),
            List.of("origin", "destination"));

    private final Path file;
    private final Row row = new Row(LAYOUT);
    private RowReader reader;
    private long read;
    private int pass = 1;

    Flights(Path file) throws IOException {
        this.file = file;
        reader = RowReader.open(file, Format.CSV, LAYOUT);
    }

    /** Returns the number of the pass over the file, from 1. */
    int pass() {
        return pass;
    }

    /** Returns the next flights. */
    List<Flight> next(int count) throws IOException, InvalidSampleException {
        List<Flight> flights = new ArrayList<>(count);
        while (flights.size() < count) {
            if (reader.next(row)) {
                flights.add(new Flight(
                        ++read, row.number(0), row.number(1), row.number(2), row.text(0), row.text(1), row.number(3)));
            } else {
                reader.close();
                reader = RowReader.open(file, Format.CSV, LAYOUT);
                pass++;
            }
        }
        return flights;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
