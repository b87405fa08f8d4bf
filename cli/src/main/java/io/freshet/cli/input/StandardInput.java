package io.freshet.cli.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that an option names, where {@code -} is standard input. */
final class StandardInput {
    private static final Path NAME = Path.of("-");
    private static final Path DEVICE = Path.of("/dev/stdin");

    /** More than the buffers that peeking fills. */
    private static final int PEEKED_BYTES = 1 << 20;

    private static final String COPY = "freshet-stdin-";

    private StandardInput() {}

    /** Returns how messages name a file. */
    static String name(Path file) {
        Path last = file.getFileName();
        boolean isCopy = last != null && last.toString().startsWith(COPY);
        return isCopy || file.equals(DEVICE) ? "standard input" : file.toString();
    }

    /** Whether a file is standard input. */
    static boolean is(Path file) {
        return file.equals(NAME) || file.equals(DEVICE);
    }

    /** Returns the bytes of standard input, whose {@code close} does nothing: who looked at the start of a pipe goes on reading it. */
    static InputStream stream() {
        return new FilterInputStream(System.in) {
            @Override
            public void close() {}
        };
    }

    /** Returns how standard input starts, decompressed, as {@link InputFile#peek} does. Who reads it next reads that again. */
    static byte[] peek() throws InputException {
        System.in.mark(PEEKED_BYTES);
        try (InputFile input = InputFile.open(DEVICE)) {
            byte[] start = input.peek();
            System.in.reset();
            return start;
        } catch (InputException e) {
            throw e;
        } catch (IOException e) {
            throw new InputException(NAME, "cannot be read: " + e.getMessage(), e);
        }
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
                stream().transferTo(out);
            }
            return copy;
        } catch (IOException e) {
            throw new InputException(NAME, "standard input cannot be copied: " + e.getMessage(), e);
        }
    }
}
