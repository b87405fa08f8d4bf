package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.SingleObject;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.avro.WriterSchemas;
import io.freshet.wire.Sample;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Reads {@code Sample} records in Avro's single-object encoding into a row.
 *
 * <pre>
 *   C3 01 | fingerprint, 8 bytes, little-endian | id | model | eventTime | numbers | texts | vectors | epoch
 * </pre>
 *
 * Where the fingerprint is that of this version's schema, or of an older one's, which ends earlier, the bytes are read in
 * place: names are compared with those that stood at the same place in the record before, numbers go straight into the
 * row, texts stay where they are.
 * Nothing is allocated and nothing boxed. Any other known writer's schema goes through Avro's schema resolution. Not
 * thread-safe. Pinned by {@code SampleDecoderTest}, which compares the two ways.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Avro specification</a>
 */
public final class SampleDecoder implements RecordDecoder {
    static final int HEADER = SingleObject.HEADER;
    private static final VarHandle DOUBLE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    static final long FINGERPRINT = SchemaNormalization.parsingFingerprint64(Sample.getClassSchema());
    static final long FINGERPRINT_1 =
            SchemaNormalization.parsingFingerprint64(WriterSchemas.of("Sample").get(0));

    private final FieldNames numbers;
    private final FieldNames texts;
    private final FieldNames vectors;
    private final RowLayout layout;
    private final WireFormat<Sample> resolving;
    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private String model = "";
    private byte[] modelBytes = new byte[0];

    public SampleDecoder(RowLayout layout) {
        this(layout, List.of());
    }

    /** @param writers other schemas that samples may have been written with */
    public SampleDecoder(RowLayout layout, Collection<Schema> writers) {
        this.layout = layout;
        numbers = new FieldNames(layout.numbers());
        texts = new FieldNames(layout.texts());
        vectors = new FieldNames(
                layout.vectors().stream().map(RowLayout::wireName).toList());
        resolving = new WireFormat<>(Sample.getClassSchema(), writers);
    }

    @Override
    public void decode(byte[] record, long timestamp, Row row) throws MalformedRecordException {
        long fingerprint = SingleObject.fingerprint(record);
        if (isOurs(fingerprint)) {
            decode(record, HEADER, fingerprint, timestamp, row);
        } else {
            resolve(record, timestamp, row);
        }
    }

    /**
     * Fills a row from a record with another header than that of the single-object encoding.
     *
     * @param record the whole value of a Kafka record; the row keeps referring to it
     * @param from where the sample begins
     * @param fingerprint of the schema that it was written with, one of those that this decoder knows
     * @param timestamp of the Kafka record, milliseconds since 1970: the event time of a sample that has none
     * @param row by this decoder's layout
     * @throws MalformedRecordException if the bytes are no sample
     */
    public void decodeBody(byte[] record, int from, long fingerprint, long timestamp, Row row)
            throws MalformedRecordException {
        if (isOurs(fingerprint)) {
            decode(record, from, fingerprint, timestamp, row);
        } else {
            resolve(SingleObject.frame(record, from, fingerprint), timestamp, row);
        }
    }

    private static boolean isOurs(long fingerprint) {
        return fingerprint == FINGERPRINT || fingerprint == FINGERPRINT_1;
    }

    private void decode(byte[] record, int from, long fingerprint, long timestamp, Row row)
            throws MalformedRecordException {
        bytes = record;
        at = from;
        end = record.length;
        row.clear(record);
        int idLength = readLength("id");
        row.id(record, at, at + idLength);
        at += idLength;
        readModel();
        long eventTime = readLong();
        row.eventTime(eventTime == 0 ? timestamp : eventTime);
        readNumbers(row);
        readTexts(row);
        if (fingerprint == FINGERPRINT) {
            readVectors(row);
            row.epoch(readEpoch());
        }
        if (at != end) {
            throw new MalformedRecordException("value: " + (end - at) + " bytes left over (expected: the end)");
        }
    }

    @Override
    public String model() {
        return model;
    }

    /** Returns none: a sample says of each field what it is. */
    @Override
    public List<String> faults() {
        return List.of();
    }

    private void readModel() throws MalformedRecordException {
        int length = readLength("model");
        if (!Arrays.equals(bytes, at, at + length, modelBytes, 0, modelBytes.length)) {
            modelBytes = Arrays.copyOfRange(bytes, at, at + length);
            model = new String(modelBytes, StandardCharsets.UTF_8);
        }
        at += length;
    }

    private void readNumbers(Row row) throws MalformedRecordException {
        numbers.restart();
        for (long count = readBlock(); count != 0; count = readBlock()) {
            for (; count > 0; count--) {
                int length = readLength("name of a number");
                int place = numbers.place(bytes, at, length);
                at += length;
                if (end - at < Double.BYTES) {
                    throw truncated();
                }
                if (place >= 0) {
                    row.number(place, (double) DOUBLE.get(bytes, at));
                }
                at += Double.BYTES;
            }
        }
    }

    private void readTexts(Row row) throws MalformedRecordException {
        texts.restart();
        for (long count = readBlock(); count != 0; count = readBlock()) {
            for (; count > 0; count--) {
                int length = readLength("name of a text");
                int place = texts.place(bytes, at, length);
                at += length;
                int textLength = readLength("text");
                if (place >= 0) {
                    row.text(place, at, at + textLength);
                }
                at += textLength;
            }
        }
    }

    private void readVectors(Row row) throws MalformedRecordException {
        vectors.restart();
        for (long count = readBlock(); count != 0; count = readBlock()) {
            for (; count > 0; count--) {
                int length = readLength("name of a vector");
                int place = vectors.place(bytes, at, length);
                at += length;
                readVector(row, place);
            }
        }
    }

    private void readVector(Row row, int place) throws MalformedRecordException {
        int length = 0;
        if (place >= 0) {
            row.vector(place, 0);
        }
        for (long count = readBlock(); count != 0; count = readBlock()) {
            if (count > (end - at) / Float.BYTES) {
                throw truncated();
            }
            if (count > Row.LONGEST_VECTOR - length) {
                throw tooLong(length + count);
            }
            int to = length + (int) count;
            if (place >= 0) {
                float[] vector = row.vector(place, to);
                for (int i = length; i < to; i++) {
                    vector[i] = (float) FLOAT.get(bytes, at + (i - length) * Float.BYTES);
                }
            }
            at += (int) count * Float.BYTES;
            length = to;
        }
    }

    private static MalformedRecordException tooLong(long length) {
        return new MalformedRecordException(
                "vector: " + length + " numbers or more (expected: up to " + Row.LONGEST_VECTOR + ")");
    }

    private int readEpoch() throws MalformedRecordException {
        long epoch = readLong();
        if (epoch < Integer.MIN_VALUE || epoch > Integer.MAX_VALUE) {
            throw new MalformedRecordException("epoch: " + epoch + " (expected: an int)");
        }
        return (int) epoch;
    }

    /** Returns how many entries follow; a negative count in the bytes says that their length stands before them. */
    private long readBlock() throws MalformedRecordException {
        long count = readLong();
        if (count < 0) {
            readLong();
            count = -count;
        }
        if (count < 0 || count > end - at) {
            throw new MalformedRecordException(
                    "value: a block of " + count + " entries (expected: up to the " + (end - at) + " bytes left)");
        }
        return count;
    }

    private int readLength(String what) throws MalformedRecordException {
        long length = readLong();
        if (length < 0 || length > end - at) {
            throw new MalformedRecordException(
                    what + ": length " + length + " (expected: up to the " + (end - at) + " bytes left)");
        }
        return (int) length;
    }

    private long readLong() throws MalformedRecordException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (at == end) {
                throw truncated();
            }
            byte b = bytes[at++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedRecordException("value: a number of more than 10 bytes (expected: a variable-length long)");
    }

    private MalformedRecordException truncated() {
        return new MalformedRecordException("value: ends after " + end + " bytes (expected: a whole sample)");
    }

    private void resolve(byte[] record, long timestamp, Row row) throws MalformedRecordException {
        Sample sample = resolving.read(record);
        row.clear();
        model = sample.getModel();
        modelBytes = model.getBytes(StandardCharsets.UTF_8);
        long eventTime = sample.getEventTime().toEpochMilli();
        row.eventTime(eventTime == 0 ? timestamp : eventTime);
        row.id(sample.getId());
        row.epoch(sample.getEpoch());
        for (Map.Entry<String, Double> number : sample.getNumbers().entrySet()) {
            int place = layout.number(number.getKey());
            if (place >= 0) {
                row.number(place, number.getValue());
            }
        }
        for (Map.Entry<String, String> text : sample.getTexts().entrySet()) {
            int place = layout.text(text.getKey());
            if (place >= 0) {
                row.copyText(place, text.getValue());
            }
        }
        for (Map.Entry<String, List<Float>> vector : sample.getVectors().entrySet()) {
            resolve(vector.getValue(), layout.vector(vector.getKey()), row);
        }
    }

    private static void resolve(List<Float> from, int place, Row row) throws MalformedRecordException {
        if (from.size() > Row.LONGEST_VECTOR) {
            throw tooLong(from.size());
        }
        if (place >= 0) {
            float[] to = row.vector(place, from.size());
            for (int i = 0; i < from.size(); i++) {
                to[i] = from.get(i);
            }
        }
    }
}
