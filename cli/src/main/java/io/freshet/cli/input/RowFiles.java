package io.freshet.cli.input;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.yaml.Plural;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One or more files of rows that are read one after the other, as if they were one. Their rows are numbered together.
 *
 * @param files in the order to read them, at least one
 * @param format of all files
 * @param delimiter of CSV; null to detect it
 */
public record RowFiles(
        List<Path> files, Format format, @Nullable Delimiter delimiter) {
    public RowFiles {
        files = List.copyOf(files);
    }

    /**
     * Returns the files that names and patterns select, in the order given; {@code -} is standard input.
     *
     * @param format given by an option; null for that of the file names
     * @param delimiter given by an option; null to detect it
     * @param prefix of the options' names, such as {@code --}
     * @throws InputException if a pattern selects no file, if the files differ in their format, or if an option is invalid
     */
    public static RowFiles of(List<Path> given, @Nullable String format, @Nullable String delimiter, String prefix)
            throws InputException {
        List<Path> files = new ArrayList<>();
        for (Path file : given) {
            InputFile.requireNoDirectory(file);
            files.addAll(FilePattern.expand(file));
        }
        Path first = files.get(0);
        Format common = Format.of(first, format, prefix + "format");
        for (Path file : files) {
            Format other = Format.of(file, format, prefix + "format");
            if (other != common) {
                throw new InputException(file, other + " (expected: " + common + ", as " + first + ")");
            }
        }
        if (delimiter != null && common != Format.CSV) {
            throw new InputException(prefix + "delimiter: " + delimiter + " (expected: none for " + common + ")");
        }
        return new RowFiles(
                files.stream().map(StandardInput::once).toList(),
                common,
                delimiter == null ? null : Delimiter.parse(prefix + "delimiter", delimiter));
    }

    /** Returns files that can be read more than once; see {@link StandardInput#repeatable}. */
    public RowFiles repeatable() throws InputException {
        List<Path> copies = new ArrayList<>();
        for (Path file : files) {
            copies.add(StandardInput.repeatable(file));
        }
        return new RowFiles(copies, format, delimiter);
    }

    /**
     * Opens the first file and reads up to its first row.
     *
     * @param layout the fields to read
     * @throws InputException if the file cannot be read, has no rows, or lacks a field of {@code layout}
     */
    public RowReader open(RowLayout layout) throws InputException {
        return open(layout, Set.of());
    }

    /** @param optional fields of {@code layout} that the files may lack */
    public RowReader open(RowLayout layout, Set<String> optional) throws InputException {
        return files.size() == 1
                ? RowReader.open(files.get(0), format, delimiter, layout, optional)
                : new JoinedRowReader(this, layout, optional);
    }

    /**
     * Checks the start of each file, and the end of each that is gzipped.
     *
     * @throws InputException if a file cannot be read twice, is incomplete, or lacks a field of {@code layout}
     */
    public void check(RowLayout layout) throws IOException {
        check(layout, Set.of());
    }

    /** @param optional fields of {@code layout} that the files may lack */
    public void check(RowLayout layout, Set<String> optional) throws IOException {
        requireRegular();
        for (Path file : files) {
            RowReader.requireComplete(file);
            RowReader.open(file, format, delimiter, layout, optional).close();
        }
    }

    /** @throws InputException if a file is a pipe or a device, which can be read only once */
    public void requireRegular() throws InputException {
        for (Path file : files) {
            RowReader.requireRegular(file);
        }
    }

    /** Whether a file is a pipe or a device, which can be read only once. */
    public boolean hasPipe() {
        return files.stream().anyMatch(RowReader::isPipe);
    }

    /** Returns the latest modification time of the files, in milliseconds since 1970. */
    public long lastModifiedMillis() throws IOException {
        long latest = 0;
        for (Path file : files) {
            latest = Math.max(latest, Files.getLastModifiedTime(file).toMillis());
        }
        return latest;
    }

    /** Returns the name of the first file without its folder, and the number of the others. */
    public String name() {
        Path first = Path.of(StandardInput.name(files.get(0)));
        return nameAndOthers(String.valueOf(first.getFileName()));
    }

    /** Returns the path of the first file, and the number of the others. */
    @Override
    public String toString() {
        return nameAndOthers(StandardInput.name(files.get(0)));
    }

    private String nameAndOthers(String first) {
        int others = files.size() - 1;
        return others == 0 ? first : first + " and " + Plural.of(others, "other file");
    }
}
