package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Reads complete public data sets, if available. */
@EnabledIfEnvironmentVariable(
        named = "FRESHET_DATA",
        matches = ".+",
        disabledReason = "FRESHET_DATA is not set (expected: a directory with flights.csv.gz and others)")
class DataFilesTest {
    private static final RowLayout FLIGHTS = new RowLayout(
            List.of("minute_of_day", "day_of_week", "distance_miles", "delayed"), List.of("origin", "destination"));

    @Test
    void reads_the_flights() throws Exception {
        read("flights.csv.gz", FLIGHTS, 100_000);
    }

    @Test
    void reads_wide_rows() throws Exception {
        List<String> pixels = IntStream.range(0, 784).mapToObj(i -> "p" + i).toList();
        read("fashion_mnist.test.csv.gz", new RowLayout(pixels, List.of("label")), 10_000);
    }

    @Test
    void reads_sparse_rows() throws Exception {
        read("rcv1_small.train.svm.gz", new RowLayout(List.of("label"), List.of("features")), 1000);
    }

    private static void read(String name, RowLayout layout, long expectedRows) throws Exception {
        Path file = Path.of(System.getenv("FRESHET_DATA"), name);
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(file, Format.of(file, null, "--format"), layout)) {
            while (reader.next(row)) {
                // The row count is checked below.
            }
            assertThat(reader.row()).isEqualTo(expectedRows);
            assertThat(reader.bytesRead()).isEqualTo(reader.size());
        }
    }
}
