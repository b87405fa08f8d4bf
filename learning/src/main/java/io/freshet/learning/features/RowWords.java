package io.freshet.learning.features;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The texts that a record contains in the places of numbers, as UTF-8 without blanks around them. Of a long one, the start is
 * kept. Allocates only to grow. Not thread-safe.
 */
final class RowWords {
    /** What is kept of a text, in bytes: more than of any text that may stand for a missing value. */
    private static final int LONGEST = 256;
    /** What messages show of it, in characters. */
    private static final int SHOWN = 40;

    private final int[] from;
    private final int[] to;
    private byte[] bytes = {};
    private int length;
    private boolean any;

    /** @param places number of numbers */
    RowWords(int places) {
        from = new int[places];
        to = new int[places];
    }

    void clear() {
        length = 0;
        any = false;
    }

    /** Sets the text in a place to {@code source[start, end)}. */
    void set(int place, char[] source, int start, int end) {
        int first = start;
        int last = end;
        while (first < last && source[first] <= ' ') {
            first++;
        }
        while (last > first && source[last - 1] <= ' ') {
            last--;
        }
        if (last - first > LONGEST) {
            last = first + LONGEST - (Character.isHighSurrogate(source[first + LONGEST - 1]) ? 1 : 0);
        }
        ensure(Utf8.MAXIMUM_BYTES * (last - first));
        keep(place, Utf8.encode(source, first, last, bytes, length));
    }

    /** Does the same with the UTF-8 text {@code source[start, end)}. */
    void set(int place, byte[] source, int start, int end) {
        int first = start;
        int last = end;
        while (first < last && source[first] >= 0 && source[first] <= ' ') {
            first++;
        }
        while (last > first && source[last - 1] >= 0 && source[last - 1] <= ' ') {
            last--;
        }
        if (last - first > LONGEST) {
            last = Utf8.characterStart(source, first, first + LONGEST);
        }
        ensure(last - first);
        System.arraycopy(source, first, bytes, length, last - first);
        keep(place, length + last - first);
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private void keep(int place, int end) {
        from[place] = length;
        to[place] = end;
        length = end;
        any = true;
    }

    /** Returns whether any text was set since the last call of {@link #clear}. */
    boolean any() {
        return any;
    }

    byte[] bytes() {
        return bytes;
    }

    int from(int place) {
        return from[place];
    }

    int to(int place) {
        return to[place];
    }

    String text(int place) {
        return new String(bytes, from[place], to[place] - from[place], StandardCharsets.UTF_8);
    }

    /** Returns the text in a place for messages. */
    String shown(int place, boolean quoted) {
        String word = text(place);
        String start = word.length() <= SHOWN ? word : word.substring(0, SHOWN) + "...";
        return quoted ? "\"" + start + "\"" : start.isEmpty() ? "empty" : start;
    }
}
