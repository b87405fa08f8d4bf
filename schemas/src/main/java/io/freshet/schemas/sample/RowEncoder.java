package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes rows as {@code Sample} records in Avro's single-object encoding: the counterpart of {@link SampleDecoder}.
 *
 * <pre>
 *   C3 01 | fingerprint, 8 bytes, little-endian | id | model | eventTime | numbers | texts | vectors | epoch | sparse
 * </pre>
 *
 * Fields are in the order of the layout, missing fields are omitted, and each map is one block. The bytes equal those of Avro's
 * own encoder. Allocates only the result. Not thread-safe. Pinned by {@code RowEncoderTest}, which compares the two.
 */
public final class RowEncoder {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAXIMUM_VARINT = 10;
    private static final int MAXIMUM_INDEX_BYTES = 5;
    /** Encoded length of the largest epoch. */
    public static final int MAXIMUM_EPOCH_BYTES = 5;

    private final byte[][] numberNames;
    private final byte[][] textNames;
    private final byte[][] vectorNames;
    private byte[] buffer = new byte[512];
    private int at;
    private int epochAt;
    private String model = "";
    private byte[] modelBytes = new byte[0];

    public RowEncoder(RowLayout layout) {
        numberNames = utf8(layout.numbers());
        textNames = utf8(layout.texts());
        vectorNames = utf8(layout.vectors().stream().map(RowLayout::wireName).toList());
        buffer[0] = (byte) 0xC3;
        buffer[1] = 1;
        LONG.set(buffer, 2, SampleDecoder.FINGERPRINT);
    }

    /**
     * Returns the bytes of a row.
     *
     * @param row of this encoder's layout; event time 0 stands for the timestamp of the Kafka record
     * @param model name of the only model that the sample is for, or "" for all
     */
    public byte[] encode(Row row, String model) {
        if (!model.equals(this.model)) {
            this.model = model;
            modelBytes = model.getBytes(StandardCharsets.UTF_8);
        }
        at = SampleDecoder.HEADER;
        int idLength = row.idTo() - row.idFrom();
        ensure(idLength + modelBytes.length + 4 * MAXIMUM_VARINT);
        writeBytes(row.idBytes(), row.idFrom(), idLength);
        writeBytes(modelBytes, 0, modelBytes.length);
        writeLong(row.eventTime());
        writeNumbers(row);
        writeTexts(row);
        writeVectors(row);
        ensure(MAXIMUM_VARINT);
        epochAt = at;
        writeLong(row.epoch());
        writeSparseVectors(row);
        return Arrays.copyOf(buffer, at);
    }

    /** Returns the index of the epoch in the bytes of the last row, for {@link #inEpoch}. */
    public int epochAt() {
        return epochAt;
    }

    /**
     * Returns the bytes of the same row in another epoch.
     *
     * @param encoded result of {@link #encode} for a row of epoch 0
     * @param epochAt index of the epoch in {@code encoded}
     * @param epoch from 0
     */
    public static byte[] inEpoch(byte[] encoded, int epochAt, int epoch) {
        byte[] result = Arrays.copyOf(encoded, encoded.length - 1 + MAXIMUM_EPOCH_BYTES);
        // Epoch 0 is one byte.
        int rest = encoded.length - epochAt - 1;
        int end = writeLong(epoch, result, epochAt);
        System.arraycopy(encoded, epochAt + 1, result, end, rest);
        return Arrays.copyOf(result, end + rest);
    }

    private void writeNumbers(Row row) {
        int count = 0;
        for (int index = 0; index < numberNames.length; index++) {
            count += row.hasNumber(index) ? 1 : 0;
        }
        startMap(count);
        for (int index = 0; index < numberNames.length; index++) {
            if (row.hasNumber(index)) {
                byte[] name = numberNames[index];
                ensure(name.length + MAXIMUM_VARINT + Double.BYTES);
                writeBytes(name, 0, name.length);
                DOUBLE.set(buffer, at, row.number(index));
                at += Double.BYTES;
            }
        }
        endMap();
    }

    private void writeTexts(Row row) {
        int count = 0;
        for (int index = 0; index < textNames.length; index++) {
            count += row.hasText(index) ? 1 : 0;
        }
        startMap(count);
        for (int index = 0; index < textNames.length; index++) {
            if (row.hasText(index)) {
                byte[] name = textNames[index];
                int length = row.textTo(index) - row.textFrom(index);
                ensure(name.length + length + 2 * MAXIMUM_VARINT);
                writeBytes(name, 0, name.length);
                writeBytes(row.bytes(), row.textFrom(index), length);
            }
        }
        endMap();
    }

    private void writeVectors(Row row) {
        int count = 0;
        for (int index = 0; index < vectorNames.length; index++) {
            count += row.hasVector(index) ? 1 : 0;
        }
        startMap(count);
        for (int index = 0; index < vectorNames.length; index++) {
            if (row.hasVector(index)) {
                byte[] name = vectorNames[index];
                int length = row.vectorLength(index);
                ensure(name.length + length * Float.BYTES + 3 * MAXIMUM_VARINT);
                writeBytes(name, 0, name.length);
                if (length > 0) {
                    writeLong(length);
                    writeFloats(row.vector(index), length);
                }
                writeLong(0);
            }
        }
        endMap();
    }

    private void writeSparseVectors(Row row) {
        int count = 0;
        for (int index = 0; index < textNames.length; index++) {
            count += row.hasSparse(index) ? 1 : 0;
        }
        startMap(count);
        for (int index = 0; index < textNames.length; index++) {
            if (row.hasSparse(index)) {
                byte[] name = textNames[index];
                ensure(name.length
                        + row.sparseLength(index) * (MAXIMUM_INDEX_BYTES + Float.BYTES)
                        + 5 * MAXIMUM_VARINT);
                writeBytes(name, 0, name.length);
                writeSparseVector(row.sparseIndices(index), row.sparseValues(index), row.sparseLength(index));
            }
        }
        endMap();
    }

    private void writeSparseVector(int[] indices, float[] values, int length) {
        boolean ones = true;
        if (length > 0) {
            writeLong(length);
            for (int i = 0; i < length; i++) {
                writeLong(indices[i]);
                ones &= values[i] == 1;
            }
        }
        writeLong(0);
        if (!ones) {
            writeLong(length);
            writeFloats(values, length);
        }
        writeLong(0);
    }

    private void writeFloats(float[] vector, int length) {
        for (int i = 0; i < length; i++) {
            FLOAT.set(buffer, at + i * Float.BYTES, vector[i]);
        }
        at += length * Float.BYTES;
    }

    private void startMap(int count) {
        if (count > 0) {
            ensure(MAXIMUM_VARINT);
            writeLong(count);
        }
    }

    private void endMap() {
        ensure(1);
        writeLong(0);
    }

    private void writeBytes(byte[] source, int from, int length) {
        writeLong(length);
        System.arraycopy(source, from, buffer, at, length);
        at += length;
    }

    private void writeLong(long value) {
        at = writeLong(value, buffer, at);
    }

    /** Writes a number and returns the index after it. */
    private static int writeLong(long value, byte[] to, int from) {
        int end = from;
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            to[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[end++] = (byte) rest;
        return end;
    }

    private void ensure(int additional) {
        if (additional > buffer.length - at) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, at + additional));
        }
    }

    private static byte[][] utf8(List<String> names) {
        return names.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    }
}
