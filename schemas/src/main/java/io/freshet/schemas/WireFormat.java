package io.freshet.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificRecord;

/** One kind of record in Avro's single-object encoding. Thread-safe. */
final class WireFormat<T extends SpecificRecord> {
    /** Two bytes of mark, and the fingerprint of the writer's schema. */
    private static final int HEADER = 10;

    private final String name;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;
    private final SchemaStore.Cache schemas = new SchemaStore.Cache();

    /**
     * Makes the format of a record.
     *
     * @param schema of it, now
     * @param writers other schemas that it may have been written with
     */
    WireFormat(Schema schema, Collection<Schema> writers) {
        name = schema.getName();
        writers.forEach(schemas::addSchema);
        schemas.addSchema(schema);
        WireData data = new WireData();
        encoder = new BinaryMessageEncoder<>(data, schema);
        decoder = new BinaryMessageDecoder<>(data, schema, schemas);
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
        try {
            walk(bytes);
            return decoder.decode(bytes);
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | UnsupportedOperationException e) {
            throw new MalformedRecordException(
                    "value: " + Hex.start(bytes) + ": " + e.getMessage() + " (expected: " + name + ")");
        }
    }

    /**
     * Goes through a message without keeping anything of it: Avro's decoder allocates what a length asks for before it
     * sees whether so many bytes are there, and ten bytes can ask for two gigabytes.
     */
    private void walk(byte[] bytes) throws IOException {
        if (bytes.length >= HEADER && bytes[0] == (byte) 0xC3 && bytes[1] == 1) {
            Schema writer = schemas.findByFingerprint(
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2));
            if (writer != null) {
                BinaryDecoder body = DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
                GenericDatumReader.skip(writer, body);
            }
        }
    }
}
