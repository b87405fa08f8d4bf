package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Writes small files, and reads files: each valid row as {@code name=value ...}, each invalid one as its message. */
final class ReadFile {
    private ReadFile() {}

    static Path write(Path directory, String name, String content) {
        return write(directory, name, content.getBytes(StandardCharsets.UTF_8));
    }

    static Path write(Path directory, String name, byte[] content) {
        try {
            return Files.write(directory.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] gzip(String content) {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static List<String> rows(Path file, Format format, RowLayout layout) throws IOException {
        List<String> rows = new ArrayList<>();
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(file, format, layout)) {
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(row);
                    if (more) {
                        rows.add(text(layout, row));
                    }
                } catch (InvalidSampleException e) {
                    rows.add(e.getMessage());
                }
            }
        }
        return rows;
    }

    /** Returns the next row, which must be valid. */
    static String next(RowReader reader, RowLayout layout) throws IOException, InvalidSampleException {
        Row row = new Row(layout);
        if (!reader.next(row)) {
            throw new AssertionError("no row after " + reader.row());
        }
        return text(layout, row);
    }

    static String text(RowLayout layout, Row row) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < layout.numbers().size(); i++) {
            if (row.hasNumber(i)) {
                fields.add(layout.numbers().get(i) + "=" + row.number(i));
            } else if (row.isWord(i)) {
                fields.add(layout.numbers().get(i) + "~" + row.shown(i));
            }
        }
        for (int i = 0; i < layout.texts().size(); i++) {
            if (row.hasText(i)) {
                fields.add(layout.texts().get(i) + "=" + row.text(i));
            }
        }
        for (int i = 0; i < layout.vectors().size(); i++) {
            if (row.hasVector(i)) {
                fields.add(layout.vectors().get(i) + "="
                        + Arrays.toString(Arrays.copyOf(row.vector(i), row.vectorLength(i))));
            }
        }
        return String.join(" ", fields);
    }
}
