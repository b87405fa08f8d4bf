package io.freshet.schemas.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The texts that records repeat, such as the name of a model and its specification: each is decoded and held once, however
 * many keys the model has. Forgets texts when it is full. Thread-safe.
 */
final class SharedTexts {
    private static final int SLOTS = 1 << 10;

    private final AtomicReferenceArray<@Nullable Text> slots = new AtomicReferenceArray<>(SLOTS);

    private record Text(byte[] utf8, String text) {}

    /** Returns a text of UTF-8, the same object as before where possible. */
    String of(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        int slot = (int) crc.getValue() & SLOTS - 1;
        Text known = slots.get(slot);
        if (known != null && Arrays.equals(known.utf8, 0, known.utf8.length, bytes, from, from + length)) {
            return known.text;
        }
        byte[] utf8 = Arrays.copyOfRange(bytes, from, from + length);
        Text added = new Text(utf8, new String(utf8, StandardCharsets.UTF_8));
        slots.set(slot, added);
        return added.text;
    }
}
