package io.freshet.faults;

/** A short name for all bits of an array. */
final class Bits {
    private static final long PRIME = 0x100000001b3L;

    private Bits() {}

    static long of(float[] array) {
        long hash = array.length;
        for (float value : array) {
            hash = (hash ^ Float.floatToRawIntBits(value)) * PRIME;
        }
        return hash;
    }
}
