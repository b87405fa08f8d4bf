package io.freshet.faults.oracle;

/** Hashes all bits of an array. */
final class ParameterHash {
    private static final long PRIME = 0x100000001b3L;

    private ParameterHash() {}

    static long of(float[] array) {
        long hash = array.length;
        for (float value : array) {
            hash = (hash ^ Float.floatToRawIntBits(value)) * PRIME;
        }
        return hash;
    }
}
