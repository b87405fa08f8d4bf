package io.freshet.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file, decompressed if gzipped, in UTF-8 if they are in UTF-16, without a byte-order mark. All are detected by
 * content, not by file name.
 *
 * <p>Every failure is an {@link InputException} that names the file. Not thread-safe.
 */
final class InputFile extends InputStream {
    private static final int BUFFER = 1 << 16;
    private static final int[] GZIP = {0x1f, 0x8b};
    private static final int[] BYTE_ORDER_MARK = {0xef, 0xbb, 0xbf};
    private static final int[] UTF_16_LE = {0xff, 0xfe};
    private static final int[] UTF_16_BE = {0xfe, 0xff};

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private boolean gzip;
    private boolean utf16;
    private PushbackInputStream in;
    /** Bytes that {@link #peek} has returned and {@link #read} has not. */
    private int peeked;

    private InputFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        size = channel.size();
        boolean piped = StandardInput.is(file) && RowReader.isPipe(file);
        in = new PushbackInputStream(piped ? StandardInput.stream() : Channels.newInputStream(channel), BUFFER);
    }

    static InputFile open(Path file) throws InputException {
        requireNoDirectory(file);
        InputFile input;
        try {
            input = new InputFile(file, FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw new InputException(file, "no such file", e);
        } catch (AccessDeniedException e) {
            throw new InputException(file, "permission denied", e);
        } catch (IOException e) {
            throw new InputException(file, "cannot be opened: " + e.getMessage(), e);
        }
        try {
            input.unwrap();
            return input;
        } catch (IOException e) {
            InputException failure = input.failure(e);
            input.closeAfter(failure);
            throw failure;
        }
    }

    /** @throws InputException if the file is a directory */
    static void requireNoDirectory(Path file) throws InputException {
        if (Files.isDirectory(file)) {
            throw new InputException(
                    file, "a directory (expected: a file, or a pattern such as '" + file.resolve("*.csv") + "')");
        }
    }

    /** @throws InputException if the file contains no text, and so no rows of a format of lines */
    void requireText(Format expected) throws InputException {
        byte[] start = peek();
        boolean text = true;
        for (byte each : start) {
            text &= each != 0;
        }
        if (!text) {
            boolean parquet = Format.of(start) == Format.PARQUET;
            throw new InputException(file, (parquet ? "parquet" : "not text") + " (expected: " + expected + ")");
        }
    }

    private void unwrap() throws IOException {
        gzip = startsWith(GZIP);
        if (gzip) {
            in = new PushbackInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
        }
        if (startsWith(BYTE_ORDER_MARK)) {
            in.skipNBytes(BYTE_ORDER_MARK.length);
        } else if (startsWith(UTF_16_LE)) {
            decode(UTF_16_LE.length, StandardCharsets.UTF_16LE);
        } else if (startsWith(UTF_16_BE)) {
            decode(UTF_16_BE.length, StandardCharsets.UTF_16BE);
        }
    }

    private void decode(int mark, Charset charset) throws IOException {
        in.skipNBytes(mark);
        in = new PushbackInputStream(new Utf16Stream(in, charset), BUFFER);
        utf16 = true;
    }

    /** Returns that the file is in UTF-16, or null. */
    @Nullable String notice() {
        return utf16 ? file + ": UTF-16 (detected)" : null;
    }

    private boolean startsWith(int[] expected) throws IOException {
        byte[] start = in.readNBytes(expected.length);
        in.unread(start);
        boolean same = start.length == expected.length;
        for (int i = 0; same && i < expected.length; i++) {
            same = (start[i] & 0xff) == expected[i];
        }
        return same;
    }

    /**
     * Returns the first line, unless it exceeds a buffer, and what else can be read without waiting. The next read
     * returns the same bytes again.
     */
    byte[] peek() throws InputException {
        // A read of more than the bytes that were peeked at before would wait for the next ones of a pipe.
        byte[] start = new byte[peeked > 0 ? peeked : BUFFER];
        int length = 0;
        int read;
        try {
            do {
                read = in.read(start, length, start.length - length);
                length += Math.max(0, read);
            } while (read > 0 && length < start.length && !isLine(start, length));
            in.unread(start, 0, length);
            peeked = length;
        } catch (IOException e) {
            throw failure(e);
        }
        return Arrays.copyOf(start, length);
    }

    private static boolean isLine(byte[] bytes, int length) {
        int i = 0;
        while (i < length && bytes[i] != '\n') {
            i++;
        }
        return i < length;
    }

    /** Reads a gzipped file to its end, where its checksum is. */
    void requireComplete() throws InputException {
        byte[] buffer = new byte[BUFFER];
        int read = gzip ? 0 : -1;
        while (read >= 0) {
            read = read(buffer, 0, buffer.length);
        }
    }

    Path file() {
        return file;
    }

    /** Returns the number of bytes read from the file, before decompression. */
    long bytesRead() {
        try {
            return channel.position();
        } catch (IOException e) {
            return size;
        }
    }

    /** Returns the file size in bytes, before decompression. */
    long size() {
        return size;
    }

    @Override
    public int read() throws InputException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws InputException {
        try {
            // A read of more than what was peeked would wait for the rest.
            int count = in.read(bytes, offset, peeked > 0 ? Math.min(length, peeked) : length);
            peeked = Math.max(0, peeked - count);
            return count;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
        channel.close();
    }

    /** Closes the file after a failure; a second failure is added to the first as suppressed. */
    void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private InputException failure(IOException e) {
        String what = gzip ? "corrupt gzip" : "cannot be read";
        return new InputException(
                file, String.format(Locale.ROOT, "%s after %d bytes: %s", what, bytesRead(), e.getMessage()), e);
    }
}
