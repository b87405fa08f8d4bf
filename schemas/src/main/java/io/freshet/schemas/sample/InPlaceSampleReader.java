package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.MalformedRecordException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads samples of the current schema in place.
 *
 * <p>Field names are compared with those at the same position of the previous record. Numbers are copied into the row; texts
 * stay in the record's bytes, which the row refers to. Boxes nothing, and allocates only a view of a long vector. Is a cursor rather than having one, since
 * decoding a small sample then takes 10% less time. Not thread-safe.
 */
final class InPlaceSampleReader extends AvroCursor {
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    /** From this length on, copying numbers at once takes less time than one by one. */
    private static final int LONG_VECTOR = 64;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Places of the types of {@code previous} in its union. */
    static final int NO_PREVIOUS = 0;

    static final int PREVIOUS_NUMBER = 1;
    static final int PREVIOUS_TEXT = 2;

    private final FieldNames numbers;
    private final FieldNames texts;
    /** The place of the number of the same name as each text, or -1; texts that are numbers only follow the others. */
    private final int[] numberOfText;

    private final int textCount;
    private final FieldNames vectors;
    private final FieldNames sparse;
    private String model = "";
    private byte[] modelBytes = new byte[0];

    InPlaceSampleReader(RowLayout layout) {
        super("sample");
        numbers = new FieldNames(layout.numbers());
        TextFields fields = TextFields.of(layout);
        texts = new FieldNames(fields.names());
        numberOfText = fields.numbers();
        textCount = layout.texts().size();
        sparse = new FieldNames(layout.texts());
        vectors = new FieldNames(
                layout.vectors().stream().map(RowLayout::wireName).toList());
    }

    /**
     * Fills a row.
     *
     * @param from start of the sample in {@code record}
     */
    void read(byte[] record, int from, long timestamp, Row row) throws MalformedRecordException {
        start(record, from);
        row.clear(record);
        int idLength = readLength("id");
        row.id(record, at, at + idLength);
        at += idLength;
        readModel();
        long eventTime = readLong();
        row.eventTime(eventTime == 0 ? timestamp : eventTime);
        readNumbers(row);
        readTexts(row);
        readVectors(row);
        row.epoch(readInt("epoch:"));
        readSparseVectors(row);
        row.stage(stage(readInt("stage:")));
        readPrevious(row);
        end();
    }

    /** Returns the model of the last sample, or "" for all. */
    String model() {
        return model;
    }

    private void readModel() throws MalformedRecordException {
        int length = readLength("model");
        if (!Arrays.equals(bytes, at, at + length, modelBytes, 0, modelBytes.length)) {
            modelBytes = Arrays.copyOfRange(bytes, at, at + length);
            model = new String(modelBytes, StandardCharsets.UTF_8);
        }
        at += length;
    }

    private void readPrevious(Row row) throws MalformedRecordException {
        int kind = readInt("previous:");
        switch (kind) {
            case NO_PREVIOUS -> {}
            case PREVIOUS_NUMBER -> row.previous(readDouble());
            case PREVIOUS_TEXT -> {
                int length = readLength("previous");
                row.previous(Arrays.copyOfRange(bytes, at, at + length));
                at += length;
            }
            default ->
                throw new MalformedRecordException(
                        "previous: type " + kind + " (expected: 0, 1, or 2, for null, a number, or a text)");
        }
    }

    /** Returns the stage with a number. */
    static Stage stage(int number) throws MalformedRecordException {
        Stage stage = Stage.of(number);
        if (stage == null) {
            throw new MalformedRecordException(
                    "stage: " + number + " (expected: 0 complete, 1 open, 2 changed, or 3 closed)");
        }
        return stage;
    }

    private void readNumbers(Row row) throws MalformedRecordException {
        numbers.restart();
        for (long count = readEntries(); count != 0; count = readEntries()) {
            for (; count > 0; count--) {
                int length = readLength("name of a number");
                int index = numbers.indexOf(bytes, at, length);
                at += length;
                double number = readDouble();
                if (index >= 0) {
                    row.number(index, number);
                }
            }
        }
    }

    private void readTexts(Row row) throws MalformedRecordException {
        texts.restart();
        for (long count = readEntries(); count != 0; count = readEntries()) {
            for (; count > 0; count--) {
                int length = readLength("name of a text");
                int index = texts.indexOf(bytes, at, length);
                at += length;
                int textLength = readLength("text");
                if (index >= 0 && index < textCount) {
                    row.text(index, at, at + textLength);
                }
                if (index >= 0 && numberOfText[index] >= 0) {
                    TextFields.word(row, numberOfText[index], bytes, at, textLength);
                }
                at += textLength;
            }
        }
    }

    private void readVectors(Row row) throws MalformedRecordException {
        vectors.restart();
        for (long count = readEntries(); count != 0; count = readEntries()) {
            for (; count > 0; count--) {
                int length = readLength("name of a vector");
                int index = vectors.indexOf(bytes, at, length);
                at += length;
                readVector(row, index);
            }
        }
    }

    private void readVector(Row row, int index) throws MalformedRecordException {
        int length = 0;
        if (index >= 0) {
            row.vector(index, 0);
        }
        for (long count = readEntries(); count != 0; count = readEntries()) {
            if (count > remaining() / Float.BYTES) {
                throw truncated();
            }
            if (count > Row.LONGEST_VECTOR - length) {
                throw tooLong(length + count);
            }
            int to = length + (int) count;
            if (index >= 0) {
                copyFloats(bytes, at, row.vector(index, to), length, to);
            }
            at += (int) count * Float.BYTES;
            length = to;
        }
    }

    private void readSparseVectors(Row row) throws MalformedRecordException {
        sparse.restart();
        for (long count = readEntries(); count != 0; count = readEntries()) {
            for (; count > 0; count--) {
                int length = readLength("name of a sparse vector");
                int index = sparse.indexOf(bytes, at, length);
                at += length;
                readSparseVector(row, index);
            }
        }
    }

    private void readSparseVector(Row row, int index) throws MalformedRecordException {
        int length = 0;
        if (index >= 0) {
            row.sparse(index, 0);
        }
        for (long count = readEntries(); count != 0; count = readEntries()) {
            if (count > Row.LONGEST_VECTOR - length) {
                throw tooLong(length + count);
            }
            int to = length + (int) count;
            if (index >= 0) {
                row.sparse(index, to);
                readIndices(row.sparseIndices(index), length, to);
            } else {
                for (int i = length; i < to; i++) {
                    readInt("index:");
                }
            }
            length = to;
        }
        int values = readSparseValues(row, index, length);
        if (index >= 0 && values == 0) {
            Arrays.fill(row.sparseValues(index), 0, length, 1);
        } else if (values != 0 && values != length) {
            throw sparseLengths(length, values);
        }
    }

    private void readIndices(int[] indices, int from, int to) throws MalformedRecordException {
        int next = at;
        for (int i = from; i < to; i++) {
            int word = next <= bytes.length - Integer.BYTES ? (int) INT.get(bytes, next) : -1;
            int stop = ~word & 0x8080_8080;
            if (stop == 0) {
                at = next;
                indices[i] = readInt("index:");
                next = at;
            } else {
                // Up to four bytes, without a branch on their count: keep them, and close the gaps between them.
                int kept = word & (stop ^ stop - 1);
                int number = kept & 0x7f | kept >>> 1 & 0x3f80 | kept >>> 2 & 0x1f_c000 | kept >>> 3 & 0xfe0_0000;
                indices[i] = number >>> 1 ^ -(number & 1);
                next += Integer.numberOfTrailingZeros(stop) + 1 >>> 3;
            }
        }
        at = next;
    }

    /** Returns the number of values. */
    private int readSparseValues(Row row, int index, int length) throws MalformedRecordException {
        int read = 0;
        for (long count = readEntries(); count != 0; count = readEntries()) {
            if (count > remaining() / Float.BYTES) {
                throw truncated();
            }
            if (count > length - read) {
                throw sparseLengths(length, read + count);
            }
            if (index >= 0) {
                copyFloats(bytes, at, row.sparseValues(index), read, read + (int) count);
            }
            at += (int) count * Float.BYTES;
            read += (int) count;
        }
        return read;
    }

    /** Copies floats to {@code numbers[from, to)}. */
    private static void copyFloats(byte[] source, int at, float[] numbers, int from, int to) {
        if (to - from >= LONG_VECTOR) {
            ByteBuffer bytes = ByteBuffer.wrap(source, at, (to - from) * Float.BYTES);
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers, from, to - from);
            return;
        }
        for (int i = from; i < to; i++) {
            numbers[i] = (float) FLOAT.get(source, at + (i - from) * Float.BYTES);
        }
    }

    static MalformedRecordException sparseLengths(int indices, long values) {
        return new MalformedRecordException(
                "sparse vector: " + values + " values (expected: one for each of " + indices + " indices, or none)");
    }

    static MalformedRecordException tooLong(long length) {
        return new MalformedRecordException(
                "vector: " + length + " numbers or more (expected: up to " + Row.LONGEST_VECTOR + ")");
    }

    /** Returns the number of entries that follow. Unlike {@link #readBlock}, ignores the block's length in bytes. */
    private long readEntries() throws MalformedRecordException {
        long count = readLong();
        if (count < 0) {
            readLong();
            count = -count;
        }
        if (count < 0 || count > remaining()) {
            throw new MalformedRecordException(
                    "value: a block of " + count + " entries (expected: up to the " + remaining() + " bytes left)");
        }
        return count;
    }
}
