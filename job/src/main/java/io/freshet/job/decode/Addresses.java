package io.freshet.job.decode;

import io.freshet.learning.features.MurmurHash3;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a key into the address {@code model/key}, mostly without making a string: a direct-mapped cache of
 * the last key seen in each of {@value #PLACES} places.
 */
final class Addresses {
    private static final int PLACES = 1 << 12;

    private final String prefix;
    private final byte[] @Nullable [] keys = new byte[PLACES][];
    private final String[] addresses = new String[PLACES];

    Addresses(String model) {
        prefix = model + "/";
    }

    /** Returns the address of the key {@code bytes[from, to)}. */
    String of(byte[] bytes, int from, int to) {
        int place = MurmurHash3.hash(bytes, from, to, 0) & (PLACES - 1);
        byte[] known = keys[place];
        if (known == null || !Arrays.equals(known, 0, known.length, bytes, from, to)) {
            keys[place] = Arrays.copyOfRange(bytes, from, to);
            addresses[place] = prefix + new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }
        return addresses[place];
    }

    /** Returns the address of a model without a key. */
    String whole() {
        return prefix;
    }
}
