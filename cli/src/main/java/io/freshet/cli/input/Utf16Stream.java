package io.freshet.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** A text in UTF-16 as bytes in UTF-8. What is not valid becomes U+FFFD. Not thread-safe. */
final class Utf16Stream extends InputStream {
    private static final int CHARS = 1 << 13;

    private final Reader reader;
    private final char[] chars = new char[CHARS];
    /** Characters kept from the last read: the first half of a surrogate pair, or none. */
    private int kept;

    private byte[] bytes = {};
    private int at;

    Utf16Stream(InputStream in, Charset charset) {
        reader = new InputStreamReader(in, charset);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == bytes.length) {
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, target, offset, count);
        at += count;
        return count;
    }

    private boolean fill() throws IOException {
        int read = reader.read(chars, kept, CHARS - kept);
        int length = kept + Math.max(0, read);
        if (length == 0) {
            return false;
        }
        kept = read > 0 && Character.isHighSurrogate(chars[length - 1]) ? 1 : 0;
        bytes = new String(chars, 0, length - kept).getBytes(StandardCharsets.UTF_8);
        at = 0;
        if (kept > 0) {
            chars[0] = chars[length - 1];
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
