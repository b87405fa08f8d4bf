package io.freshet.learning.join;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** Bytes to write to or to read from, with integers of variable length: 7 bits a byte, the sign in the lowest bit. */
final class JoinBytes {
    private static final int MAXIMUM_LONG = 10;

    private byte[] bytes;
    private int at;

    JoinBytes() {
        this(new byte[512]);
    }

    JoinBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    void clear() {
        at = 0;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, at);
    }

    void writeByte(int value) {
        reserve(1);
        bytes[at++] = (byte) value;
    }

    void writeLong(long value) {
        reserve(MAXIMUM_LONG);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    void writeDouble(double value) {
        reserve(Long.BYTES);
        long bits = Double.doubleToRawLongBits(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[at++] = (byte) (bits >>> shift);
        }
    }

    void writeArray(byte[] array) {
        writeLong(array.length);
        reserve(array.length);
        System.arraycopy(array, 0, bytes, at, array.length);
        at += array.length;
    }

    private void reserve(int length) {
        if (bytes.length - at < length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + length));
        }
    }

    int readByte() throws IOException {
        require(1);
        return bytes[at++];
    }

    long readLong() throws IOException {
        long rest = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = readByte();
            rest |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (rest >>> 1) ^ -(rest & 1);
            }
        }
        throw new IOException("join state: number of more than " + MAXIMUM_LONG + " bytes");
    }

    double readDouble() throws IOException {
        require(Long.BYTES);
        long bits = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            bits = (bits << 8) | (bytes[at++] & 0xff);
        }
        return Double.longBitsToDouble(bits);
    }

    byte[] readArray() throws IOException {
        long length = readLong();
        if (length < 0 || length > bytes.length - at) {
            throw new EOFException("join state: " + length + " bytes (expected: up to " + (bytes.length - at) + ")");
        }
        byte[] array = Arrays.copyOfRange(bytes, at, at + (int) length);
        at += (int) length;
        return array;
    }

    private void require(int length) throws IOException {
        if (bytes.length - at < length) {
            throw new EOFException("join state: ended after " + bytes.length + " bytes");
        }
    }
}
