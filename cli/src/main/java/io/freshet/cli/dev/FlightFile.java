package io.freshet.cli.dev;

import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The flights of a file, in the order of their departures, repeated without end. Not thread-safe. */
final class FlightFile implements AutoCloseable {
    private final Path file;
    private final Consumer<String> notices;
    private final Row row;
    private final RowLayout layout;
    private RowReader reader;
    private int pass = 1;

    /**
     * @param layout the fields to read
     * @param notices receives a line whenever the file starts again
     */
    FlightFile(Path file, RowLayout layout, Consumer<String> notices) throws IOException {
        this.file = file;
        this.layout = layout;
        this.notices = notices;
        row = new Row(layout);
        reader = RowReader.open(file, Format.CSV, layout);
    }

    /** Returns the next flight, in a row that the next call changes. */
    Row next() throws IOException, InvalidSampleException {
        while (!reader.next(row)) {
            reader.close();
            reader = RowReader.open(file, Format.CSV, layout);
            pass++;
            notices.accept("The demo is past the end of its file and sends it again (pass " + pass
                    + "): the models have learned these flights before.");
        }
        return row;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
