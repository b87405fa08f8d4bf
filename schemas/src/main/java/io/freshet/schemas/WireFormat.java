package io.freshet.schemas;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * One kind of record in Avro's single-object encoding. Thread-safe.
 *
 * <p>Passes over a record before it reads it. Avro, reading from a stream, makes room for whatever length a record claims,
 * and twenty bytes can claim all of the memory; reading from an array, Avro 1.12.2 counts what must be left by the reader's
 * schema, and refuses sound records of a writer whose numbers are shorter. Passing over makes room for nothing and ends
 * where the bytes end.
 */
final class WireFormat<T extends SpecificRecord> {
    private final String name;
    private final BinaryMessageEncoder<T> encoder;
    private final Map<Long, Reader<T>> readers = new HashMap<>();

    private record Reader<T>(Schema writer, DatumReader<T> resolving) {}

    /**
     * Makes the format of a record.
     *
     * @param schema of it, now
     * @param writers other schemas that it may have been written with
     */
    WireFormat(Schema schema, Collection<Schema> writers) {
        name = schema.getName();
        WireData data = new WireData();
        encoder = new BinaryMessageEncoder<>(data, schema);
        for (Schema writer : writers) {
            add(writer, schema, data);
        }
        add(schema, schema, data);
    }

    private void add(Schema writer, Schema schema, WireData data) {
        long fingerprint = SchemaNormalization.parsingFingerprint64(writer);
        readers.put(fingerprint, new Reader<>(writer, new SpecificDatumReader<>(writer, schema, data)));
    }

    byte[] write(T record) {
        try {
            ByteBuffer buffer = encoder.encode(record);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no input or output", e);
        }
    }

    T read(byte[] bytes) throws MalformedRecordException {
        long fingerprint = SingleObject.fingerprint(bytes);
        Reader<T> reader = readers.get(fingerprint);
        if (reader == null) {
            throw malformed(bytes, "schema " + HexFormat.of().toHexDigits(fingerprint) + " is not known");
        }
        try {
            int length = bytes.length - SingleObject.HEADER;
            BinaryDecoder over = DecoderFactory.get().binaryDecoder(bytes, SingleObject.HEADER, length, null);
            GenericDatumReader.skip(reader.writer, over);
            if (!over.isEnd()) {
                throw malformed(bytes, "bytes left over");
            }
            // Buffered, so that Avro does not see the array behind it.
            InputStream in = new BufferedInputStream(new ByteArrayInputStream(bytes, SingleObject.HEADER, length));
            return reader.resolving.read(null, DecoderFactory.get().binaryDecoder(in, null));
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | UnsupportedOperationException e) {
            throw malformed(bytes, String.valueOf(e.getMessage()));
        }
    }

    private MalformedRecordException malformed(byte[] bytes, String why) {
        return new MalformedRecordException("value: " + Hex.start(bytes) + ": " + why + " (expected: " + name + ")");
    }
}
