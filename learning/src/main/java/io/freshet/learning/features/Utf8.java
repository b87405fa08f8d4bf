package io.freshet.learning.features;

/** Encodes characters as UTF-8, and finds them, without allocating. */
final class Utf8 {
    /** Bytes per {@code char}, at most; a surrogate pair takes four for both. */
    static final int MAXIMUM_BYTES = 3;

    private Utf8() {}

    /**
     * Writes the bytes of {@code source[from, to)} to {@code target} from {@code at} on, and returns their end. Half of a
     * surrogate pair becomes {@code ?}, as in {@link String#getBytes(java.nio.charset.Charset)}.
     */
    static int encode(char[] source, int from, int to, byte[] target, int at) {
        int end = at;
        int i = from;
        for (; i < to && source[i] < 0x80; i++) {
            target[end++] = (byte) source[i];
        }
        for (; i < to; i++) {
            char c = source[i];
            if (c < 0x80) {
                target[end++] = (byte) c;
            } else if (c < 0x800) {
                target[end++] = (byte) (0xc0 | c >> 6);
                target[end++] = (byte) (0x80 | c & 0x3f);
            } else if (!Character.isSurrogate(c)) {
                target[end++] = (byte) (0xe0 | c >> 12);
                target[end++] = (byte) (0x80 | c >> 6 & 0x3f);
                target[end++] = (byte) (0x80 | c & 0x3f);
            } else if (i + 1 < to && Character.isSurrogatePair(c, source[i + 1])) {
                int codePoint = Character.toCodePoint(c, source[++i]);
                target[end++] = (byte) (0xf0 | codePoint >> 18);
                target[end++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
                target[end++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
                target[end++] = (byte) (0x80 | codePoint & 0x3f);
            } else {
                target[end++] = '?';
            }
        }
        return end;
    }

    /** Returns the start of the character that the byte at {@code at} belongs to, or {@code from} if it has none from there on. */
    static int characterStart(byte[] source, int from, int at) {
        int start = at;
        while (start > from && (source[start] & 0xc0) == 0x80) {
            start--;
        }
        return start;
    }
}
