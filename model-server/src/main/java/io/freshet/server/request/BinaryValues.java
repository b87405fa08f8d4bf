package io.freshet.server.request;

import io.freshet.server.body.RequestException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the values of a tensor from bytes: little-endian, row by row, without padding. A value of BYTES is preceded by
 * its length in four bytes; a value of BOOL is one byte.
 *
 * @param label the name of the tensor in messages
 * @param values the number of values
 */
record BinaryValues(String label, Datatype datatype, int values) {

    /** @throws RequestException if there are too few or too many bytes, or a value is invalid */
    TensorData read(ByteBuffer bytes) throws RequestException {
        ByteBuffer from = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (datatype.isText()) {
            return TensorData.texts(texts(from));
        }
        long expected = (long) values * datatype.bytes();
        if (from.remaining() != expected) {
            throw RequestException.bad(
                    label + ".data", from.remaining() + " bytes", expected + ", to match its shape and datatype");
        }
        double[] numbers = new double[values];
        for (int i = 0; i < values; i++) {
            numbers[i] = number(from);
        }
        return datatype == Datatype.BOOL ? flags(numbers) : TensorData.numbers(datatype, numbers);
    }

    private double number(ByteBuffer from) {
        return switch (datatype) {
            case BOOL, UINT8 -> Byte.toUnsignedInt(from.get());
            case UINT16 -> Short.toUnsignedInt(from.getShort());
            case UINT32 -> Integer.toUnsignedLong(from.getInt());
            case UINT64 -> TensorData.unsigned(from.getLong());
            case INT8 -> from.get();
            case INT16 -> from.getShort();
            case INT32 -> from.getInt();
            case INT64 -> from.getLong();
            case FP16 -> half(from.getShort());
            case BF16 -> Float.intBitsToFloat(from.getShort() << 16);
            case FP32 -> from.getFloat();
            case FP64 -> from.getDouble();
            case BYTES -> throw new IllegalStateException("a text");
        };
    }

    /** Returns the value of an IEEE 754 number of 16 bits: 1 of sign, 5 of exponent, 10 of fraction. */
    private static double half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude;
        if (exponent == 0x1f) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * 0x1p-24;
        } else {
            magnitude = Math.scalb(0x400 + fraction, exponent - 25);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    private TensorData flags(double[] numbers) throws RequestException {
        for (int i = 0; i < values; i++) {
            if (numbers[i] > 1) {
                throw RequestException.bad(label + ".data[" + i + "]", "byte " + (int) numbers[i], "0 or 1 (BOOL)");
            }
        }
        return TensorData.numbers(datatype, numbers);
    }

    private String[] texts(ByteBuffer from) throws RequestException {
        // Before the array of a size that the shape declares.
        if (values > from.remaining() / Integer.BYTES) {
            throw RequestException.bad(
                    label + ".data",
                    from.remaining() + " bytes",
                    "at least " + (long) values * Integer.BYTES + ", the lengths of " + values + " values (BYTES)");
        }
        String[] texts = new String[values];
        for (int i = 0; i < values; i++) {
            int length = from.remaining() < Integer.BYTES ? -1 : from.getInt();
            if (length < 0 || length > from.remaining()) {
                throw RequestException.bad(
                        label + ".data[" + i + "]", "cut off", "a length in four bytes, and as many bytes (BYTES)");
            }
            texts[i] = text(i, from.slice().limit(length));
            from.position(from.position() + length);
        }
        if (from.hasRemaining()) {
            throw RequestException.bad(
                    label + ".data", from.remaining() + " bytes too many", values + " values, to match its shape");
        }
        return texts;
    }

    private String text(int i, ByteBuffer bytes) throws RequestException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw RequestException.bad(label + ".data[" + i + "]", "not a text", "UTF-8 (BYTES)");
        }
    }
}
