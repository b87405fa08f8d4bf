package io.freshet.cli.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that an option names, where {@code -} is standard input. */
final class StandardInput {
    private static final Path NAME = Path.of("-");
    private static final Path DEVICE = Path.of("/dev/stdin");

    private static final String COPY = "freshet-stdin-";

    private StandardInput() {}

    /** Returns how messages name a file. */
    static String name(Path file) {
        Path last = file.getFileName();
        boolean isCopy = last != null && last.toString().startsWith(COPY);
        return isCopy || file.equals(DEVICE) ? "standard input" : file.toString();
    }

    /** Returns a file that can be read once. */
    static Path once(Path given) {
        return given.equals(NAME) ? DEVICE : given;
    }

    /**
     * Returns a file that can be read more than once. If standard input is a pipe, that is a copy, which is deleted when the JVM
     * ends.
     */
    static Path repeatable(Path file) throws InputException {
        if (!file.equals(DEVICE) || !RowReader.isPipe(file)) {
            return file;
        }
        try {
            Path copy = Files.createTempFile(COPY, "");
            copy.toFile().deleteOnExit();
            try (var out = Files.newOutputStream(copy)) {
                System.in.transferTo(out);
            }
            return copy;
        } catch (IOException e) {
            throw new InputException(NAME, "standard input cannot be copied: " + e.getMessage(), e);
        }
    }
}
