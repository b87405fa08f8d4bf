package io.freshet.benchmarks.workload;

import io.freshet.cli.dev.Examples;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Repeats the flights of {@code examples}. */
final class FlightsGenerator implements Workload.Generator {
    private static final List<String> NUMBERS = List.of("minute_of_day", "day_of_week", "distance_miles");
    /** Means and standard deviations of the numbers over the file. */
    private static final double[] MEANS = {824, 2.94, 732};

    private static final double[] DEVIATIONS = {293, 1.98, 573};

    private final RowLayout layout;
    private final List<Flight> flights;
    private int last = -1;

    private FlightsGenerator(RowLayout layout, List<Flight> flights) {
        this.layout = layout;
        this.flights = flights;
    }

    static FlightsGenerator open(RowLayout layout) throws IOException {
        return new FlightsGenerator(layout, read(layout));
    }

    @Override
    public void next(Row row) {
        last = (last + 1) % flights.size();
        Flight flight = flights.get(last);
        row.clear();
        for (int i = 0; i < NUMBERS.size(); i++) {
            row.number(layout.number(NUMBERS.get(i)), flight.numbers[i]);
        }
        row.copyText(layout.text("origin"), flight.origin);
        row.copyText(layout.text("destination"), flight.destination);
        row.number(layout.number("delayed"), flight.delayed);
    }

    /** The numbers are standardized in advance; the specification standardizes them while it learns. */
    @Override
    public void appendVowpalWabbit(StringBuilder line) {
        Flight flight = flights.get(last);
        line.append(flight.delayed > 0 ? "1 |n" : "-1 |n");
        for (int i = 0; i < NUMBERS.size(); i++) {
            double standardized = (flight.numbers[i] - MEANS[i]) / DEVIATIONS[i];
            line.append(String.format(Locale.ROOT, " %d:%.4f", i, standardized));
        }
        line.append(" |o ").append(flight.origin).append(" |d ").append(flight.destination);
    }

    private static List<Flight> read(RowLayout layout) throws IOException {
        Path file = Files.createTempFile("freshet-flights-", ".csv.gz");
        try {
            try (InputStream flights = Examples.open("flights.csv.gz")) {
                Files.copy(flights, file, StandardCopyOption.REPLACE_EXISTING);
            }
            List<Flight> read = new ArrayList<>();
            try (RowReader reader = RowReader.open(file, Format.CSV, layout)) {
                Row row = new Row(layout);
                while (reader.next(row)) {
                    read.add(Flight.of(row, layout));
                }
            }
            return read;
        } catch (InvalidSampleException e) {
            throw new IllegalStateException("examples/flights.csv.gz: " + e.getMessage(), e);
        } finally {
            Files.delete(file);
        }
    }

    /** The fields of a flight that the model reads. */
    private record Flight(double[] numbers, String origin, String destination, double delayed) {
        static Flight of(Row row, RowLayout layout) {
            return new Flight(
                    NUMBERS.stream()
                            .mapToDouble(name -> row.number(layout.number(name)))
                            .toArray(),
                    row.text(layout.text("origin")),
                    row.text(layout.text("destination")),
                    row.number(layout.number("delayed")));
        }
    }
}
