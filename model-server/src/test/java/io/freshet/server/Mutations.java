package io.freshet.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages valid bytes at random. */
final class Mutations {
    private static final List<byte[]> VALUES = List.of(
                    "null",
                    "-1",
                    "0",
                    "1e999",
                    "-1e-999",
                    "18446744073709551616",
                    "9223372036854775807",
                    "9".repeat(400),
                    "NaN",
                    "\"\"",
                    "\"\\ud800\"",
                    "{}",
                    "[]",
                    "[[[[",
                    "true",
                    "\"data\":",
                    "\r\n",
                    "%00",
                    "\0",
                    "\u00ff\u00fe")
            .stream()
            .map(value -> value.getBytes(ISO_8859_1))
            .toList();
    private static final int MAXIMUM_RANGE = 40;

    private Mutations() {}

    /** Returns the bytes with one to four changes. */
    static byte[] of(byte[] valid, Random random) {
        byte[] bytes = valid;
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes = change(bytes, random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(MAXIMUM_RANGE));
        byte[] range = Arrays.copyOfRange(bytes, from, to);
        return switch (random.nextInt(7)) {
            case 0 -> flip(bytes, random);
            case 1 -> replace(bytes, from, to, new byte[0]);
            case 2 -> replace(bytes, from, from, range);
            case 3 -> replace(bytes, from, from, noise(random));
            case 4 -> replace(bytes, from, from, VALUES.get(random.nextInt(VALUES.size())));
            case 5 -> replaceNumber(bytes, from, VALUES.get(random.nextInt(VALUES.size())));
            default -> Arrays.copyOf(bytes, from);
        };
    }

    private static byte[] flip(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    private static byte[] noise(Random random) {
        byte[] noise = new byte[1 + random.nextInt(MAXIMUM_RANGE)];
        random.nextBytes(noise);
        return noise;
    }

    /** Replaces the first number after an index. */
    private static byte[] replaceNumber(byte[] bytes, int from, byte[] value) {
        int start = from;
        while (start < bytes.length && !Character.isDigit(bytes[start])) {
            start++;
        }
        int end = start;
        while (end < bytes.length && Character.isDigit(bytes[end])) {
            end++;
        }
        return replace(bytes, start, end, value);
    }

    private static byte[] replace(byte[] bytes, int from, int to, byte[] with) {
        byte[] replaced = new byte[bytes.length - (to - from) + with.length];
        System.arraycopy(bytes, 0, replaced, 0, from);
        System.arraycopy(with, 0, replaced, from, with.length);
        System.arraycopy(bytes, to, replaced, from + with.length, bytes.length - to);
        return replaced;
    }
}
