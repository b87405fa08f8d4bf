package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/**
 * Reads Parquet with DuckDB, whose JDBC driver is not part of a build, as it is large. DuckDB converts each row to a JSON
 * object, so types and names follow the rules of JSON lines.
 */
final class ParquetRowReader implements RowReader {
    private static final String DRIVER = "jdbc:duckdb:";
    private static final String COUNT = "SELECT num_rows FROM parquet_file_metadata(?)";
    private static final String ROWS = "SELECT to_json(r)::VARCHAR FROM read_parquet(?) r";

    private final Path file;
    private final Connection connection;
    private final ResultSet rows;
    private final JsonRow decoder;
    private final long size;
    private final long count;
    private String current = "";
    private long row;

    private ParquetRowReader(InputFile input, Connection connection, RowLayout layout) throws SQLException {
        file = input.file();
        size = input.size();
        this.connection = connection;
        decoder = new JsonRow(layout);
        try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
            statement.setString(1, file.toString());
            try (ResultSet counted = statement.executeQuery()) {
                counted.next();
                count = counted.getLong(1);
            }
        }
        PreparedStatement statement = connection.prepareStatement(ROWS);
        statement.closeOnCompletion();
        statement.setString(1, file.toString());
        rows = statement.executeQuery();
    }

    /** Opens a file that {@code input} has found to be readable, and closes {@code input}. */
    static ParquetRowReader open(InputFile input, RowLayout layout) throws InputException {
        Connection connection = connect(input.file());
        try {
            ParquetRowReader reader = new ParquetRowReader(input, connection, layout);
            if (reader.count == 0) {
                throw new InputException(input.file(), "no rows (expected: at least one)");
            }
            input.close();
            return reader;
        } catch (IOException | SQLException e) {
            InputException failure = e instanceof InputException known ? known : failure(input.file(), e);
            try {
                connection.close();
            } catch (SQLException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static Connection connect(Path file) throws InputException {
        Properties properties = new Properties();
        // A file must not make DuckDB download anything, and must not be read into memory as a whole.
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("jdbc_stream_results", "true");
        try {
            return DriverManager.getConnection(DRIVER, properties);
        } catch (SQLException e) {
            String reason = DriverManager.drivers()
                            .anyMatch(driver -> driver.getClass().getName().startsWith("org.duckdb"))
                    ? "DuckDB does not start: " + e.getMessage()
                    : "Parquet needs DuckDB's JDBC driver (expected: FRESHET_CLASSPATH=duckdb_jdbc-VERSION.jar)";
            throw new InputException(file, reason, e);
        }
    }

    private static InputException failure(Path file, Exception e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return new InputException(file, "cannot be read: " + message + " (expected: a Parquet file)", e);
    }

    @Override
    public boolean read(Row target) throws InvalidSampleException, IOException {
        try {
            if (!rows.next()) {
                return false;
            }
            current = rows.getString(1);
        } catch (SQLException e) {
            throw failure(file, e);
        }
        row++;
        byte[] json = current.getBytes(UTF_8);
        if (json.length > MAXIMUM_LENGTH) {
            throw InvalidSampleException.of("row", "too long", "up to " + MAXIMUM_LENGTH + " bytes");
        }
        decoder.decode(json, json.length, target);
        return true;
    }

    @Override
    public List<InvalidSampleException> faults() {
        return decoder.faults();
    }

    @Override
    public long row() {
        return row;
    }

    @Override
    public String raw() {
        return current.substring(0, Math.min(current.length(), MAXIMUM_LENGTH));
    }

    /** Returns the share of the file that its rows so far have on average. */
    @Override
    public long bytesRead() {
        return (long) (size * ((double) row / count));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
