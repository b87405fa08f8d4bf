package io.freshet.schemas.sample;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the index of a field by the UTF-8 bytes of its name. Guesses that fields are in the same order as in the previous record:
 * a correct guess costs one comparison of bytes.
 */
final class FieldNames {
    private static final int MAXIMUM_GUESSES = 4096;
    /** Longer names are not remembered, so that hostile input cannot fill the memory. */
    private static final int MAXIMUM_LENGTH = 256;

    private final Map<String, Integer> indexes = new HashMap<>();
    private byte[][] guesses = new byte[8][];
    private int[] guessed = new int[8];
    private int next;

    FieldNames(List<String> names) {
        for (String name : names) {
            indexes.put(name, indexes.size());
        }
        Arrays.fill(guesses, new byte[0]);
        Arrays.fill(guessed, -1);
    }

    /** Starts a new record. */
    void restart() {
        next = 0;
    }

    /** Returns the index of the field named by {@code bytes[from, from + length)}, or -1. */
    int indexOf(byte[] bytes, int from, int length) {
        if (next < guesses.length) {
            byte[] guess = guesses[next];
            if (Arrays.equals(guess, 0, guess.length, bytes, from, from + length)) {
                return guessed[next++];
            }
        }
        return lookUp(bytes, from, length);
    }

    /** Looks up a name, and remembers it as the next guess for this position. */
    private int lookUp(byte[] bytes, int from, int length) {
        int index = indexes.getOrDefault(new String(bytes, from, length, StandardCharsets.UTF_8), -1);
        if (next < MAXIMUM_GUESSES) {
            if (next == guesses.length) {
                guesses = Arrays.copyOf(guesses, next * 2);
                guessed = Arrays.copyOf(guessed, next * 2);
                Arrays.fill(guesses, next, guesses.length, new byte[0]);
                Arrays.fill(guessed, next, guessed.length, -1);
            }
            if (length <= MAXIMUM_LENGTH) {
                guesses[next] = Arrays.copyOfRange(bytes, from, from + length);
                guessed[next] = index;
            }
        }
        next++;
        return index;
    }
}
