package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of several files, one file after the other. Every file has the header and the delimiter of the first,
 * so that the text of a row means the same in all of them.
 */
final class JoinedRowReader implements RowReader {
    private final RowFiles files;
    private final RowLayout layout;
    private final Set<String> optional;
    private final @Nullable Delimiter delimiter;
    private final @Nullable String notice;
    private final String header;
    private final long size;
    private RowReader current;
    private int opened = 1;
    private long rowsBefore;
    private long bytesBefore;

    JoinedRowReader(RowFiles files, RowLayout layout, Set<String> optional) throws InputException {
        this.files = files;
        this.layout = layout;
        this.optional = optional;
        current = RowReader.open(files.files().get(0), files.format(), files.delimiter(), layout, optional);
        delimiter = current.delimiter();
        notice = current.notice();
        header = current.header();
        size = files.files().stream().mapToLong(file -> file.toFile().length()).sum();
    }

    @Override
    public boolean read(Row row) throws InvalidSampleException, IOException {
        while (!current.read(row)) {
            if (opened == files.files().size()) {
                return false;
            }
            rowsBefore += current.row();
            bytesBefore += current.size();
            current.close();
            current = open(files.files().get(opened++));
        }
        return true;
    }

    private RowReader open(Path file) throws IOException {
        RowReader reader = RowReader.open(file, files.format(), delimiter, layout, optional);
        if (!reader.header().equals(header)) {
            reader.close();
            throw new InputException(
                    file,
                    "header: " + reader.header() + " (expected: " + header + ", as in "
                            + files.files().get(0) + ")");
        }
        return reader;
    }

    @Override
    public List<InvalidSampleException> faults() {
        return current.faults();
    }

    @Override
    public boolean lacks(String field) {
        return current.lacks(field);
    }

    @Override
    public long row() {
        return rowsBefore + current.row();
    }

    @Override
    public String raw() {
        return current.raw();
    }

    @Override
    public String header() {
        return header;
    }

    @Override
    public @Nullable Delimiter delimiter() {
        return delimiter;
    }

    @Override
    public @Nullable String notice() {
        return notice;
    }

    @Override
    public long bytesRead() {
        return bytesBefore + current.bytesRead();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
