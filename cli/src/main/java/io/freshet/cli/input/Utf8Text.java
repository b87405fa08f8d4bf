package io.freshet.cli.input;

import java.util.Arrays;

/** Encodes the texts of a row as UTF-8, concatenated in one array that is reused for every row. */
public final class Utf8Text {
    private static final char REPLACEMENT = '\ufffd';

    private byte[] bytes = new byte[256];
    private int length;

    public void clear() {
        length = 0;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Appends {@code chars[from, to)}; returns false if the file was not valid UTF-8 there. */
    public boolean add(char[] chars, int from, int to) {
        int maximum = length + 3 * (to - from);
        if (maximum > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, maximum));
        }
        int at = length;
        for (int i = from; i < to; i++) {
            char c = chars[i];
            if (c < 0x80) {
                bytes[at++] = (byte) c;
            } else if (c < 0x800) {
                bytes[at++] = (byte) (0xc0 | c >> 6);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            } else if (c == REPLACEMENT) {
                return false;
            } else if (Character.isHighSurrogate(c) && i + 1 < to) {
                int point = Character.toCodePoint(c, chars[++i]);
                bytes[at++] = (byte) (0xf0 | point >> 18);
                bytes[at++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[at++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | point & 0x3f);
            } else {
                bytes[at++] = (byte) (0xe0 | c >> 12);
                bytes[at++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            }
        }
        length = at;
        return true;
    }
}
