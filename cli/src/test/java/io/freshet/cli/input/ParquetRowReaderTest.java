package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catches rows that differ from those of the same data in another format, in a value or in their order. */
class ParquetRowReaderTest {
    private static final RowLayout LAYOUT =
            new RowLayout(List.of("miles", "price", "late", "trip.stops"), List.of("origin", "at", "utc"));

    @TempDir
    Path directory;

    @Test
    void reads_numbers_texts_times_and_nested_fields_without_nulls() throws Exception {
        Path file = write(
                "a.parquet",
                "SELECT 12.5::FLOAT AS miles, 1.25::DECIMAL(8, 2) AS price, true AS late, {'stops': 2} AS trip,"
                        + " 'Köln' AS origin, TIMESTAMP '2026-03-02 06:07:49' AS at,"
                        + " TIMESTAMPTZ '2026-03-02 06:07:49+02' AS utc"
                        + " UNION ALL SELECT null, null, null, null, null, null, null");
        assertThat(ReadFile.rows(file, Format.PARQUET, LAYOUT))
                .hasSize(2)
                .first()
                .asString()
                .startsWith(
                        "miles=12.5 price=1.25 late=1.0 trip.stops=2.0 origin=Köln at=2026-03-02 06:07:49 utc=2026");
        assertThat(ReadFile.rows(file, Format.PARQUET, LAYOUT)).last().isEqualTo("");
    }

    @Test
    void reads_lists_as_vectors() throws Exception {
        Path file = write("a.parquet", "SELECT [1.5::FLOAT, 2] AS pixel");
        RowLayout layout = new RowLayout(List.of(), List.of(), List.of("pixel*"));
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(file, Format.PARQUET, layout)) {
            assertThat(reader.next(row)).isTrue();
            assertThat(row.vectorLength(0)).isEqualTo(2);
            assertThat(reader.next(row)).isFalse();
        }
    }

    @Test
    void keeps_the_order_of_many_rows_and_reports_progress() throws Exception {
        Path file = write("a.parquet", "SELECT i AS miles FROM range(300000) t(i)");
        RowLayout layout = new RowLayout(List.of("miles"), List.of());
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(file, Format.PARQUET, layout)) {
            long half = 0;
            for (int i = 0; reader.next(row); i++) {
                assertThat(row.number(0)).isEqualTo(i);
                half = i == 149_999 ? reader.bytesRead() : half;
            }
            assertThat(reader.row()).isEqualTo(300_000);
            assertThat(half).isEqualTo(Files.size(file) / 2);
            assertThat(reader.bytesRead()).isEqualTo(reader.size());
        }
    }

    @Test
    void reports_files_that_are_not_parquet_truncated_or_empty() throws Exception {
        Path csv = Files.writeString(directory.resolve("csv.parquet"), "a,b\n1,2\n");
        assertFails(csv, "cannot be read: ");
        Path whole = write("whole.parquet", "SELECT i AS miles FROM range(1000) t(i)");
        byte[] bytes = Files.readAllBytes(whole);
        Path truncated = Files.write(directory.resolve("truncated.parquet"), Arrays.copyOf(bytes, 500));
        assertFails(truncated, "cannot be read: ");
        assertFails(write("empty.parquet", "SELECT 1 AS miles WHERE false"), "no rows");
        assertFails(directory.resolve("missing.parquet"), "no such file");
    }

    private void assertFails(Path file, String message) {
        assertThatThrownBy(() -> RowReader.open(file, Format.PARQUET, LAYOUT))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": " + message)
                .hasMessageNotContaining("\n");
    }

    private Path write(String name, String query) throws Exception {
        Path file = directory.resolve(name);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
        }
        return file;
    }
}
