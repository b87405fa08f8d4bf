package io.freshet.learning.merge;

/** How the changes of a contribution are sent. */
public enum Transfer {
    /** Sends changes as floats, with exact remainders. */
    FLOAT32(Float.BYTES),
    /**
     * Sends changes as the upper 16 bits of floats, rounded to the nearest, and to even halfway. What rounding loses is added to the replica's
     * next contribution.
     */
    BFLOAT16(Short.BYTES);

    private final int bytes;

    Transfer(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of a change in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Returns the number that is received if this one is sent. */
    public float round(float number) {
        if (this == FLOAT32 || Float.isNaN(number)) {
            return number;
        }
        int bits = Float.floatToRawIntBits(number);
        return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }
}
