package io.freshet.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificRecord;

/** One kind of record in Avro's single-object encoding. Thread-safe. */
final class WireFormat<T extends SpecificRecord> {
    private final String name;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;

    /**
     * Makes the format of a record.
     *
     * @param schema of it, now
     * @param writers other schemas that it may have been written with
     */
    WireFormat(Schema schema, Collection<Schema> writers) {
        name = schema.getName();
        SchemaStore.Cache store = new SchemaStore.Cache();
        writers.forEach(store::addSchema);
        WireData data = new WireData();
        encoder = new BinaryMessageEncoder<>(data, schema);
        decoder = new BinaryMessageDecoder<>(data, schema, store);
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
}
